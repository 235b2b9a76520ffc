#include "tools/report/sample_groups.hpp"

#include <algorithm>

namespace gim::report {

using load::sample;

namespace {

void merge(sample_group& into, const sample& s) {
    into.upto = std::max(into.upto, s.at);
    into.delivered += s.delivered;
    if (s.p99 >= into.p99) {
        into.p50 = s.p50;
        into.p99 = s.p99;
    }
    into.max = std::max(into.max, s.max);
    into.server.user += s.server.user;
    into.server.system += s.server.system;
}

}  // namespace

std::vector<sample_group> grouped_samples(const std::vector<sample>& samples, std::size_t most) {
    const auto each = std::max<std::size_t>(1, (samples.size() + most - 1) / most);
    std::vector<sample_group> out;
    sample_group next;
    std::size_t merged = 0;
    for (const auto& s : samples) {
        // A group without a length would have no rate.
        if (merged == 0 && !out.empty() && s.at <= out.back().upto) {
            merge(out.back(), s);
            continue;
        }
        merge(next, s);
        ++merged;
        if (merged >= each && next.upto > next.from) {
            out.push_back(next);
            next = {next.upto, next.upto, 0, {}, {}, {}, {}};
            merged = 0;
        }
    }
    if (next.upto > next.from) {
        out.push_back(next);
    }
    return out;
}

}  // namespace gim::report
