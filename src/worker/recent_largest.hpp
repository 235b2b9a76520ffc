#pragma once

#include <algorithm>
#include <chrono>

namespace gim::worker {

// The largest time of those of the last ten to twenty seconds; zero if there were none.
//
// Sans-io: the clock is passed in.
class recent_largest {
public:
    using clock = std::chrono::steady_clock;
    static constexpr std::chrono::seconds interval{10};

    void add(clock::duration d, clock::time_point now) noexcept {
        if (now >= began_ + interval) {
            before_ = now < began_ + 2 * interval ? now_ : clock::duration::zero();
            now_ = clock::duration::zero();
            began_ = now;
        }
        now_ = std::max(now_, d);
    }

    clock::duration largest(clock::time_point now) const noexcept {
        if (now >= began_ + 2 * interval) {
            return clock::duration::zero();
        }
        return now >= began_ + interval ? now_ : std::max(now_, before_);
    }

private:
    clock::time_point began_{};  // the interval that `now_` is of
    clock::duration now_{};
    clock::duration before_{};  // of the interval before
};

}  // namespace gim::worker
