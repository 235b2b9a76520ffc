#include "gateway/drain_queue.hpp"

#include <algorithm>
#include <utility>

namespace gim::gateway {

drain_queue::drain_queue(
    std::vector<push::connection_id> all,
    clock::time_point start,
    clock::duration window
)
    : all_(std::move(all)), start_(start) {
    if (!all_.empty()) {
        const auto even = window / static_cast<clock::duration::rep>(all_.size());
        step_ = std::min<clock::duration>(even, longest_step);
    }
}

drain_queue::untold drain_queue::take_untold(std::size_t most) {
    const auto first = told_;
    told_ += std::min(most, all_.size() - told_);
    return {std::span(all_).subspan(first, told_ - first), first};
}

std::span<const push::connection_id> drain_queue::take_due(clock::time_point now) {
    const auto first = taken_;
    while (taken_ < all_.size() && due(taken_) <= now) {
        ++taken_;
    }
    return std::span(all_).subspan(first, taken_ - first);
}

}  // namespace gim::gateway
