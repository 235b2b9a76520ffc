#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace gim::net {

// Lets `rate` events a second pass, and as many at once after a quiet second; sans-io.
//
// All its state is one number (the bucket is full again at that time), so workers share it without
// a lock. What is one worker's own has worker::token_bucket.
//
// Threads: any.
class shared_token_bucket {
public:
    using clock = std::chrono::steady_clock;

    // 0: lets everything pass.
    explicit shared_token_bucket(std::size_t rate) noexcept : token_ns_(token_ns(rate)) {}

    // From now on. REQUIRES: nobody takes meanwhile.
    void set_rate(std::size_t rate) noexcept { token_ns_ = token_ns(rate); }

    bool take(clock::time_point now) noexcept {
        const auto now_ns = nanoseconds(now);
        auto full_at = full_at_.load(std::memory_order_relaxed);
        for (;;) {
            const auto next = (full_at > now_ns ? full_at : now_ns) + token_ns_;
            if (next - now_ns > second_ns) {
                return false;
            }
            if (full_at_.compare_exchange_weak(full_at, next, std::memory_order_relaxed)) {
                return true;
            }
        }
    }

    // Undoes one take().
    void give_back() noexcept { full_at_.fetch_sub(token_ns_, std::memory_order_relaxed); }

    // Whether at least a quarter of the tokens are left.
    bool has_reserve(clock::time_point now) const noexcept {
        return full_at_.load(std::memory_order_relaxed) - nanoseconds(now) <= second_ns / 4 * 3;
    }

private:
    static constexpr std::int64_t second_ns = 1'000'000'000;

    static std::int64_t nanoseconds(clock::time_point t) noexcept {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(t.time_since_epoch()).count();
    }

    static std::int64_t token_ns(std::size_t rate) noexcept {
        return rate == 0 ? 0 : second_ns / static_cast<std::int64_t>(rate);
    }

    std::int64_t token_ns_;  // the time in which one token comes back
    std::atomic<std::int64_t> full_at_{0};
};

}  // namespace gim::net
