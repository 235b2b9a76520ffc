#include "tools/load/latency_histogram.hpp"

#include <boost/histogram/unlimited_storage.hpp>

#include <algorithm>
#include <cmath>

namespace gim::load {

namespace {

using duration = latency_histogram::duration;

constexpr double shortest_ns = 1e3;
constexpr double longest_ns = 1e12;
// 1.01^n spans nine powers of ten.
constexpr unsigned bins = 2083;

double to_ns(duration d) noexcept {
    // What took no time at all is in the first bin, as is all below a microsecond.
    return std::clamp(static_cast<double>(d.count()), shortest_ns, longest_ns * 0.999);
}

}  // namespace

latency_histogram::latency_histogram() : bins_(std::tuple(axis(bins, shortest_ns, longest_ns))) {}

void latency_histogram::add(duration d, std::uint64_t times) {
    bins_(to_ns(d), boost::histogram::weight(times));
    count_ += times;
    max_ = std::max(max_, d);
}

void latency_histogram::add(const latency_histogram& other) {
    bins_ += other.bins_;
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
}

duration latency_histogram::percentile(double p) const {
    const double wanted = std::ceil(std::clamp(p, 0.0, 1.0) * static_cast<double>(count_));
    std::uint64_t passed = 0;
    duration last{0};
    for (const step& s : steps()) {
        passed += s.count;
        last = s.upto;
        if (static_cast<double>(passed) >= wanted) {
            break;
        }
    }
    return last;
}

std::vector<latency_histogram::step> latency_histogram::steps() const {
    std::vector<step> out;
    const axis& times = bins_.axis();
    for (int i = 0; i < times.size(); ++i) {
        const std::uint64_t count = bins_.at(i);
        if (count > 0) {
            const duration upto(std::llround(times.value(i + 1)));
            out.push_back({std::min(upto, max_), count});
        }
    }
    return out;
}

}  // namespace gim::load
