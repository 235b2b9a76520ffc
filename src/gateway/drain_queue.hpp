#pragma once

#include "push/local_audience.hpp"

#include <chrono>
#include <cstddef>
#include <span>
#include <vector>

namespace gim::gateway {

// When each connection of a worker is closed while the server drains.
//
// Problem: whoever is closed comes back somewhere at once, and a login is the most expensive thing
// that a client does. So the closes are spread evenly over the time that there is; where few are
// connected, nobody needs to wait that long.
//
// Sans-io: time is passed in.
class drain_queue {
public:
    using clock = std::chrono::steady_clock;

    drain_queue() = default;
    // The first one goes at once, the last one within `window`.
    drain_queue(
        std::vector<push::connection_id> all,
        clock::time_point start,
        clock::duration window
    );

    std::span<const push::connection_id> all() const noexcept { return all_; }
    // When that one of all() is closed.
    clock::time_point due(std::size_t index) const noexcept {
        return start_ + step_ * static_cast<clock::duration::rep>(index);
    }
    // The next ones that are to be told of it, at most so many, and the index of the first: telling
    // a hundred thousand at once would keep the worker from all else.
    struct untold {
        std::span<const push::connection_id> ids;
        std::size_t first;
    };
    untold take_untold(std::size_t most);
    bool has_untold() const noexcept { return told_ < all_.size(); }
    // True if the next connection without a notice is due to close, so that it gets its notice now.
    bool has_untold_due(clock::time_point now) const noexcept {
        return has_untold() && due(told_) <= now;
    }
    // Those whose time has come since the last call. REQUIRES: !has_untold_due(now).
    std::span<const push::connection_id> take_due(clock::time_point now);

private:
    // Slow enough for wherever they go, and no annoyance to somebody who stops a server by hand.
    static constexpr std::chrono::milliseconds longest_step{10};

    std::vector<push::connection_id> all_;
    clock::time_point start_;
    clock::duration step_{0};
    std::size_t taken_ = 0;
    std::size_t told_ = 0;
};

}  // namespace gim::gateway
