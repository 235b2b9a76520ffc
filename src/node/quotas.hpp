#pragma once

#include "model/error.hpp"
#include "node/rate_table.hpp"
#include "observe/stats/counters.hpp"

#include <chrono>
#include <cstddef>
#include <string_view>

namespace gim::node {

struct quota_options {
    // Rooms that a user may be in; 0: no limit. Larger: longer lists to keep and to log in with.
    std::size_t rooms_of_user = 128;
    // Members of a room; 0: no limit. Larger: more is written for one message.
    std::size_t members_of_room = 100'000;
    // Messages of one user, over all connections and HTTP.
    worker::rate_limit sends_of_user{50, 100};
    // Messages to one room, of all its members.
    worker::rate_limit sends_to_room{0, 100};
    // Slow mode: a user's next message to a room comes no sooner than this after the last; 0: off.
    std::chrono::nanoseconds slow_mode{0};
};

// How much of what is at home on one worker users may take. What is refused has changed nothing:
// whoever asks does so before anything is stored.
//
// Threads: one worker's. Sans-io: time is passed in.
class quotas {
public:
    using clock = rate_table::clock;
    using verdict = model::result<void>;

    // `count` is borrowed.
    quotas(const quota_options& options, stats::counters& count);

    // From now on; what was spent before is not forgotten.
    void set_options(const quota_options& options) noexcept;

    // Takes one of the messages that the user may send. REQUIRES: on the user's home.
    verdict take_send_of(std::string_view user, clock::time_point now);
    bool has_sends_of_user() const noexcept { return of_user_.limit().is_on(); }
    // Takes one of the messages that the room may get, and the user's turn. REQUIRES: on the room's
    // home.
    verdict take_send_to(std::string_view room, std::string_view user, clock::time_point now);
    bool has_sends_to_room() const noexcept {
        return to_room_.limit().is_on() || turns_.limit().is_on();
    }

    // 0: no limit. The store keeps both limits, as it counts and adds in one step.
    std::size_t max_rooms_of_user() const noexcept { return rooms_of_user_; }
    std::size_t max_members_of_room() const noexcept { return members_of_room_; }
    // Whether a user who is in so many rooms may join another. REQUIRES: on the user's home.
    verdict allow_another_room(std::size_t rooms);
    // What a user is answered who may not, or who may not join a room that is full; counts it.
    model::error refuse_another_room();
    model::error refuse_another_member();

private:
    std::size_t rooms_of_user_;
    std::size_t members_of_room_;
    rate_table of_user_;
    rate_table to_room_;
    rate_table turns_;  // of a user in a room
    stats::counters& count_;
};

}  // namespace gim::node
