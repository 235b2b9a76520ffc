#include "tools/top/quantile.hpp"

#include <cmath>

namespace gim::top {

std::optional<double> quantile(const buckets& before, const buckets& after, double part) {
    const auto observed = [&](double bound, double count) {
        const auto found = before.find(bound);
        return count - (found == before.end() ? 0 : found->second);
    };
    if (after.empty()) {
        return std::nullopt;
    }
    const double all = observed(after.rbegin()->first, after.rbegin()->second);
    if (!(all > 0)) {  // it has begun anew, too
        return std::nullopt;
    }
    const double wanted = part * all;
    double below = 0;
    double lower_bound = 0;
    for (const auto& [bound, count] : after) {
        const double seen = observed(bound, count);
        if (seen >= wanted && !std::isinf(bound)) {
            const double inside = seen - below;
            const double share = inside > 0 ? (wanted - below) / inside : 1;
            return lower_bound + (bound - lower_bound) * share;
        }
        if (!std::isinf(bound)) {
            below = seen;
            lower_bound = bound;
        }
    }
    return lower_bound;
}

}  // namespace gim::top
