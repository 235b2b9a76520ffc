#pragma once

#include <chrono>
#include <cstdint>

namespace gim::push {

// How often something happened a second, over the last ten seconds.
//
// Problem: there is one for every busy room, and it is told of every message. So it counts by
// intervals and keeps two numbers; what is said between is as if the older interval had been even.
//
// Sans-io: time is passed in.
class rate_meter {
public:
    using clock = std::chrono::steady_clock;
    static constexpr std::chrono::seconds interval{10};

    void count(clock::time_point now) noexcept {
        turn(now);
        ++now_;
    }

    double per_second(clock::time_point now) const noexcept {
        auto then = *this;
        then.turn(now);
        const std::chrono::duration<double> age = now - then.began_;
        const auto all = std::chrono::duration<double>(interval).count();
        return (then.before_ * (1 - age.count() / all) + then.now_) / all;
    }

private:
    void turn(clock::time_point now) noexcept {
        if (now < began_ + interval) {
            return;
        }
        const bool follows = now < began_ + 2 * interval;
        before_ = follows ? now_ : 0;
        now_ = 0;
        began_ = follows ? began_ + interval : now;
    }

    clock::time_point began_{};  // the interval that `now_` counts
    std::uint32_t now_ = 0;
    std::uint32_t before_ = 0;  // in the interval before
};

}  // namespace gim::push
