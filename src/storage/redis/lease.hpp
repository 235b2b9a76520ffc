#pragma once

#include <chrono>
#include <optional>

namespace gim::storage {

// How long what a process has claimed is its own when it says nothing more. Larger: one that was
// killed is missed later.
inline constexpr std::chrono::milliseconds lease_time{10'000};
// How often it says so: three times in vain, and it is still its own.
inline constexpr std::chrono::milliseconds renewal_interval{2'500};

// Something that others may have when it was not renewed in time, judged by one's own clock. It
// counts from when the renewal was asked for, and the others' from when they heard of it, which is
// later: so it is never two's, as long as clocks run equally fast.
class lease {
public:
    using clock = std::chrono::steady_clock;

    void renewed(clock::time_point asked_at) noexcept { since_ = asked_at; }
    void lost() noexcept { since_.reset(); }
    bool holds(clock::time_point now) const noexcept {
        return since_ && now - *since_ < lease_time;
    }

private:
    std::optional<clock::time_point> since_;
};

}  // namespace gim::storage
