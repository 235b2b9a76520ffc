#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace gim::load {

// The closed loop of one channel: how many messages may be under way. Sans-io.
//
// A message is under way until all its receivers have it, so the server sets the pace: it is never
// asked for more than it gives. Deliveries are counted together, as the spread between the fastest
// and the slowest receiver is part of what is measured.
class send_window {
public:
    // `width` messages at a time, each to so many.
    send_window(std::size_t width, std::size_t receivers) noexcept
        : width_(width), receivers_(receivers) {}

    bool has_room() const noexcept {
        return receivers_ > 0 && outstanding_ <= (width_ - 1) * receivers_;
    }
    void on_sent() noexcept { outstanding_ += receivers_; }
    // Also what will never be, because it was skipped.
    void on_delivered(std::uint64_t deliveries) noexcept {
        outstanding_ -= std::min(outstanding_, deliveries);
    }
    void on_refused() noexcept { on_delivered(receivers_); }
    // A receiver has left that was owed so many.
    void on_receiver_gone(std::uint64_t owed) noexcept {
        on_delivered(owed);
        --receivers_;
    }
    // Waits no longer for what is under way: it seems to be lost.
    void give_up() noexcept { outstanding_ = 0; }
    std::uint64_t outstanding() const noexcept { return outstanding_; }

private:
    const std::uint64_t width_;
    std::uint64_t receivers_;
    std::uint64_t outstanding_ = 0;
};

}  // namespace gim::load
