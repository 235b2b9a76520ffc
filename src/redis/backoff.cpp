#include "redis/backoff.hpp"

#include <algorithm>
#include <utility>

namespace gim::redis {

backoff::duration backoff::next() noexcept {
    // splitmix64
    std::uint64_t z = (random_state_ += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    z ^= z >> 31;
    const auto wait = std::exchange(wait_, std::min(wait_ * 2, most));
    const auto half = wait.count() / 2;
    return duration(
        wait.count() - half + static_cast<std::int64_t>(z % static_cast<std::uint64_t>(half + 1))
    );
}

}  // namespace gim::redis
