#pragma once

#include <chrono>
#include <cstdint>

namespace gim::redis {

// How long to wait before the next try: 50 ms at first, twice as long each time up to 2 s, and of
// that a random part of a half, so that many do not come at once.
class backoff {
public:
    using duration = std::chrono::milliseconds;
    static constexpr duration first{50};
    static constexpr duration most{2000};

    // The same seed gives the same waits.
    explicit backoff(std::uint64_t seed) noexcept : random_state_(seed) {}

    duration next() noexcept;
    void reset() noexcept { wait_ = first; }

private:
    duration wait_ = first;
    std::uint64_t random_state_;
};

}  // namespace gim::redis
