#include "worker/memory_budget.hpp"

#include <algorithm>
#include <cmath>

namespace gim::worker {

bool memory_budget::try_take(std::size_t bytes) noexcept {
    const auto most = mark();
    if (most == 0) {
        take(bytes);
        return true;
    }
    auto before = used();
    do {
        if (before > most || bytes > most - before) {
            return false;
        }
    } while (!used_.compare_exchange_weak(before, before + bytes, relaxed));
    return true;
}

std::size_t memory_budget::excess_of(std::size_t own) const noexcept {
    const auto most = mark();
    const auto all = used();
    if (most == 0 || all <= most) {
        return 0;
    }
    // Others may take some meanwhile, so the part is an estimate in any case.
    const auto part = static_cast<double>(own) / static_cast<double>(all);
    const auto excess = std::ceil(static_cast<double>(all - most) * part);
    return std::min(own, static_cast<std::size_t>(excess));
}

}  // namespace gim::worker
