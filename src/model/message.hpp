#pragma once

#include "model/ids.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace gim::model {

struct user {
    std::string id;
    std::string name;

    friend bool operator==(const user&, const user&) = default;
};

// One sent item. Immutable once stored, so workers share it by pointer.
struct message {
    std::string id;  // short, ordered by time, unique over restarts
    user sender;     // as the sender was called at that time
    std::string category;
    std::string content;
    std::uint64_t sequence = 0;  // rises by 1 in its session
    std::int64_t created_at =
        0;                     // milliseconds since 1970 (UTC); never runs backwards in a session
    std::uint32_t status = 0;  // 0: sent
};

using message_ptr = std::shared_ptr<const message>;

// What one push carries (op 207).
enum class sequences { shown, left_out };

struct packet {
    session_id session;
    std::string title;               // the room's, or the name of the other party
    std::vector<message_ptr> items;  // oldest first
    std::uint64_t skipped = 0;       // how many older ones this push dropped (latest mode)
    sequences show = sequences::shown;
};

}  // namespace gim::model
