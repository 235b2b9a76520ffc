#pragma once

#include <chrono>
#include <cstdint>

namespace gim::load {

// When messages are due that are sent at a fixed rate, whatever the server does. Sans-io.
//
// Latency counts from these times, not from when a message really went out: else a server that
// stands still for a second would delay only the messages that wait for it, and the many that
// should have been sent meanwhile would not show ("coordinated omission").
class fixed_rate {
public:
    using time_point = std::chrono::steady_clock::time_point;

    // REQUIRES: per_second > 0.
    fixed_rate(time_point begin, std::uint64_t per_second) noexcept
        : begin_(begin), per_second_(per_second) {}

    // When message `n` is due, the first one being 0. Exact over any time: whole seconds and rest.
    time_point due(std::uint64_t n) const noexcept {
        const std::chrono::seconds whole(n / per_second_);
        return begin_ + whole + std::chrono::nanoseconds(n % per_second_ * second / per_second_);
    }
    // How many are due before `t`.
    std::uint64_t due_before(time_point t) const noexcept;

private:
    static constexpr std::uint64_t second = 1'000'000'000;

    const time_point begin_;
    const std::uint64_t per_second_;
};

inline std::uint64_t fixed_rate::due_before(time_point t) const noexcept {
    if (t <= begin_) {
        return 0;
    }
    const auto ns = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(t - begin_).count()
    );
    std::uint64_t n = ns / second * per_second_ + ns % second * per_second_ / second;
    // The division above may fall one short or be one too far.
    for (; n > 0 && due(n - 1) >= t; --n) {
    }
    for (; due(n) < t; ++n) {
    }
    return n;
}

}  // namespace gim::load
