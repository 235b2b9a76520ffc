#pragma once

#include <chrono>
#include <cstddef>

namespace gim::storage {

// What the stores in memory of a process may keep, all workers together. 0: no limit, unless it
// says otherwise.
struct memory_limits {
    // Messages of a session, the newest ones. Larger: that many more messages of memory in every
    // busy session.
    std::size_t history = 1000;
    // Of all messages and of the lists of private sessions, counted a bit higher than they are;
    // beyond it, the sessions that have been silent the longest lose their messages.
    std::size_t history_bytes = 0;
    // One more room takes the place of one that everybody has left, or is refused with 503.
    std::size_t rooms = 1'000'000;
    // One more user replaces the one that is idle for longest, or is refused with 503.
    std::size_t users = 1'000'000;
    // Users who are idle for so long, offline, in no room and in no private session with a message,
    // are forgotten. Larger: memory for users who do not come back. 0: forgotten only for others.
    std::chrono::nanoseconds user_silence = std::chrono::hours(24);
    // Private sessions in a user's list, the newest ones.
    std::size_t private_sessions_of_user = 10'000;
    // Sends with a request_id that are remembered for request_time; one more, and the oldest is
    // forgotten. 0: none. Larger: memory, some 250 bytes each.
    std::size_t requests = 1'000'000;
};

}  // namespace gim::storage
