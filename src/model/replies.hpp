#pragma once

#include "model/error.hpp"
#include "model/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// What is answered: the `data` of a reply. Times are milliseconds since 1970 (UTC).
namespace gim::model {

struct login_reply {
    std::optional<std::string> token;  // a JWT for the HTTP API
    gim::model::user user;
    std::int64_t server_time = 0;
    std::optional<std::int64_t> expires_at = {};  // the login ends then
};

struct logout_reply {};

struct heartbeat_reply {
    std::int64_t server_time = 0;
};

struct refresh_reply {
    std::int64_t expires_at = 0;
};

struct send_reply {
    std::string id;
    session_id session;
    std::uint64_t sequence = 0;
    std::int64_t created_at = 0;
};

struct history_reply {
    std::vector<message_ptr> items;
    bool has_more = false;
    std::string epoch;               // changes when history was lost
    std::uint64_t top_sequence = 0;  // of the newest message ever appended; 0: none yet
};

struct session_summary {
    session_id session;
    std::string title;
    message_ptr last_message;  // null: none yet, or no longer kept
    // Its place in the list: of the last message, also if that is no longer kept in a private
    // session, else when the user joined.
    std::int64_t updated_at = 0;
};

struct sessions_reply {
    std::vector<session_summary> items;  // newest first
    std::optional<std::string> next;     // the next page's `after`; absent: there is no next page
};

struct join_reply {
    session_id session;
    std::string title;
    std::uint64_t members = 0;
};

struct leave_reply {};

struct user_reply {
    std::string id;
    std::string name;
    bool online = false;
};

struct members_reply {
    std::vector<user_reply> items;  // by id
    std::uint64_t total = 0;
    std::optional<std::string> next;  // as in sessions_reply
};

struct room_reply {
    std::string id;
    session_id session;
    std::string title;
    std::uint64_t members = 0;
    std::uint64_t connections = 0;  // that receive it
};

struct rooms_reply {
    std::vector<room_reply> items;    // by id
    std::optional<std::string> next;  // as in sessions_reply
};

// --- HTTP only, for back ends

struct batch_reply {
    std::vector<result<send_reply>> items;  // one a target, in their order
};

struct dismiss_reply {
    std::uint64_t members = 0;  // who were in the room
};

struct disconnect_reply {
    std::uint64_t connections = 0;  // that are closed now
};

struct counters_reply {
    std::vector<std::pair<std::string_view, std::uint64_t>> counters;
};

using reply = std::variant<
    login_reply,
    logout_reply,
    heartbeat_reply,
    refresh_reply,
    send_reply,
    history_reply,
    sessions_reply,
    join_reply,
    leave_reply,
    user_reply,
    members_reply,
    room_reply,
    rooms_reply,
    batch_reply,
    dismiss_reply,
    disconnect_reply,
    counters_reply>;

// The answer of one service as the answer of any.
template <class T>
result<reply> to_reply(result<T>&& answer) {
    if (!answer) {
        return std::move(answer).error();
    }
    return reply(*std::move(answer));
}

}  // namespace gim::model
