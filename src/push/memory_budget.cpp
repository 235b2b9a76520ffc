#include "push/memory_budget.hpp"

#include <algorithm>
#include <cmath>

namespace gim::push {

std::size_t memory_budget::excess_of(std::size_t own) const noexcept {
    const auto total = total_.load(std::memory_order_relaxed);
    if (!is_limited() || total <= limit_) {
        return 0;
    }
    // Others may report meanwhile, so the share is an estimate in any case.
    const auto share = static_cast<double>(own) / static_cast<double>(total);
    const auto excess = std::ceil(static_cast<double>(total - limit_) * share);
    return std::min(own, static_cast<std::size_t>(excess));
}

}  // namespace gim::push
