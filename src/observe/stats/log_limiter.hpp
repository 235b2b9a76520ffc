#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace gim::stats {

// Lets one line of a kind into the log every three seconds and counts those it holds back, so that
// whoever attacks the server does not fill its disk as well. One object a kind of line.
//
// Threads: any.
class log_limiter {
public:
    using clock = std::chrono::steady_clock;

    explicit log_limiter(clock::duration interval = std::chrono::seconds(3))
        : interval_(interval) {}

    // If a line may be written now: how many were held back since the last one.
    std::optional<std::uint64_t> allow(clock::time_point now = clock::now()) noexcept {
        auto next = next_.load(std::memory_order_relaxed);
        const auto then = (now + interval_).time_since_epoch().count();
        // Of several threads whose line is due, one changes `next_` and writes it.
        if (now.time_since_epoch().count() < next || !next_.compare_exchange_strong(next, then)) {
            held_back_.fetch_add(1, std::memory_order_relaxed);
            return std::nullopt;
        }
        return held_back_.exchange(0, std::memory_order_relaxed);
    }

private:
    const clock::duration interval_;
    std::atomic<clock::rep> next_{clock::time_point::min().time_since_epoch().count()};
    std::atomic<std::uint64_t> held_back_{0};
};

// What follows a line, for allow()'s number: "; 12 more like it before" or nothing.
inline std::string held_back_text(std::uint64_t count) {
    return count == 0 ? "" : "; " + std::to_string(count) + " more like it before";
}

}  // namespace gim::stats
