#pragma once

#include "model/message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace gim::push {

enum class batch_mode {
    latest,  // each interval the newest `count`, the older ones dropped and counted (games, live
             // comments)
    full,    // at `count` or when the interval ends, nothing dropped (social)
};

struct batch_policy {
    batch_mode mode = batch_mode::latest;
    std::size_t count = 10;  // messages a push; at least 1
    std::chrono::steady_clock::duration interval = std::chrono::milliseconds(200);
};

// The messages of one room that wait for its next push.
//
// Sans-io: time is passed in. The first message of an idle room begins an interval, so an idle room
// costs nothing.
class batch {
public:
    using clock = std::chrono::steady_clock;

    struct taken {
        std::vector<model::message_ptr> items;  // oldest first, at most `count`
        std::uint64_t skipped = 0;              // dropped since the last take()
    };

    explicit batch(batch_policy policy) : policy_(policy) {}

    // Gives the message that was dropped for it, or null.
    model::message_ptr add(model::message_ptr m, clock::time_point now);

    // When take() is due: the past if at once, empty if nothing waits.
    std::optional<clock::time_point> due() const noexcept;
    // When the interval ends of the oldest that waits: until when it is to be taken, whatever count
    // it has. Empty if nothing waits.
    std::optional<clock::time_point> promised() const noexcept;
    bool is_due(clock::time_point now) const noexcept;
    void clear() noexcept;
    bool is_empty() const noexcept { return waiting_.empty(); }
    std::size_t size() const noexcept { return waiting_.size(); }

    // One push's worth: at most `count` messages and max_page_content_bytes. More may be due
    // afterwards.
    taken take();

private:
    struct entry {
        model::message_ptr message;
        clock::time_point due;  // when the interval ends that this message would begin
    };

    const batch_policy policy_;
    std::deque<entry> waiting_;
    std::uint64_t skipped_ = 0;
    clock::time_point due_{};  // latest mode: when the running interval ends
};

}  // namespace gim::push
