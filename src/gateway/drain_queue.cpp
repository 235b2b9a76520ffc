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

std::span<const push::connection_id> drain_queue::take_due(clock::time_point now) {
    const auto first = taken_;
    while (taken_ < all_.size() && start_ + wait_of(taken_) <= now) {
        ++taken_;
    }
    return std::span(all_).subspan(first, taken_ - first);
}

}  // namespace gim::gateway
