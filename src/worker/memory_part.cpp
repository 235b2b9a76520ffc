#include "worker/memory_part.hpp"

#include <cassert>

namespace gim::worker {

bool memory_part::try_grow(std::size_t from, std::size_t to) noexcept {
    assert(from <= to);
    // The limit of the whole may have changed. A mark is seven eighths of a limit.
    own_.set_limit(whole_.limit() / 7 * 4);
    const auto more = to - from;
    if (to <= short_bytes) {
        if (own_.is_used_up()) {
            return false;
        }
        own_.take(more);
    } else if (!own_.try_take(more)) {
        return false;
    }
    whole_.take(more);  // beyond its limit slow readers are cut off
    return true;
}

void memory_part::take(std::size_t bytes) noexcept {
    own_.take(bytes);
    whole_.take(bytes);
}

void memory_part::give_back(std::size_t bytes) noexcept {
    own_.give_back(bytes);
    whole_.give_back(bytes);
}

}  // namespace gim::worker
