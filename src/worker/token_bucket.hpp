#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace gim::worker {

// How often something may happen.
struct rate_limit {
    std::size_t count = 0;  // in `span`; 0: no limit
    std::size_t burst = 1;  // as many at once after a quiet time; at least 1
    std::chrono::nanoseconds span = std::chrono::seconds(1);

    bool is_on() const noexcept { return count != 0; }
    // In which one comes back. REQUIRES: is_on().
    std::chrono::nanoseconds interval() const noexcept {
        return span / static_cast<std::int64_t>(count);
    }
};

// Tokens that come back at a steady rate, up to a burst of them. All that is kept is when it will
// be full again; nothing is counted up by a timer, and nothing is a fraction.
//
// Threads: one worker's. Sans-io: time is passed in. The limit is, too: the buckets of a kind share
// it.
class token_bucket {
public:
    using clock = std::chrono::steady_clock;

    // Until there is a token; zero if there is one. REQUIRES: l.is_on().
    clock::duration wait(const rate_limit& l, clock::time_point now) const noexcept {
        const auto one_is_back = full_at_ - l.interval() * (static_cast<std::int64_t>(l.burst) - 1);
        return one_is_back > now ? one_is_back - now : clock::duration::zero();
    }
    // Takes a token; from an empty bucket nothing. REQUIRES: l.is_on().
    void spend(const rate_limit& l, clock::time_point now) noexcept {
        const auto empty = now + l.interval() * static_cast<std::int64_t>(l.burst);
        full_at_ = (full_at_ > now ? full_at_ : now) + l.interval();
        full_at_ = full_at_ < empty ? full_at_ : empty;
    }
    bool is_full(clock::time_point now) const noexcept { return full_at_ <= now; }

private:
    clock::time_point full_at_{};
};

}  // namespace gim::worker
