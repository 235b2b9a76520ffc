#pragma once

#include <cstddef>
#include <initializer_list>

namespace gim::storage {

// What a store in memory may keep. 0: no limit, unless it says otherwise.
struct memory_limits {
    // Messages of a session, the newest ones. Larger: that many more messages of memory in every
    // busy session.
    std::size_t history = 1000;
    // Of all messages, counted a bit higher than they are; beyond it, the sessions that have been
    // silent the longest lose theirs.
    std::size_t history_bytes = 0;
    // One more room takes the place of one that everybody has left, or is refused with 503.
    std::size_t rooms = 1'000'000;
    // One more user is refused with 503.
    std::size_t users = 1'000'000;
    // Private sessions in a user's list, the newest ones.
    std::size_t private_sessions_of_user = 10'000;
    // Sends with a request_id that are remembered for request_time; one more, and the oldest is
    // forgotten. 0: none. Larger: memory, some 250 bytes each.
    std::size_t requests = 1'000'000;

    // One worker's part of what all of them may keep together; at least 1 of what is limited.
    memory_limits share_of(std::size_t workers) const noexcept {
        auto part = *this;
        for (auto* n : {&part.history_bytes, &part.rooms, &part.users, &part.requests}) {
            *n = (*n + workers - 1) / workers;
        }
        return part;
    }
};

}  // namespace gim::storage
