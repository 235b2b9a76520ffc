#pragma once

#include "model/error.hpp"
#include "model/message.hpp"
#include "model/replies.hpp"
#include "model/requests.hpp"
#include "model/session_cursor.hpp"
#include "worker/async_result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gim::storage {

using model::session_cursor;

class feed;
class presence;

// How much a store holds.
struct store_sizes {
    std::uint64_t messages = 0;
    std::uint64_t message_bytes = 0;  // about, and a bit too much
    std::uint64_t sessions = 0;       // with a message
    std::uint64_t rooms = 0;
    std::uint64_t rooms_left = 0;  // of these: everybody has left
    std::uint64_t users = 0;
    std::uint64_t users_idle = 0;  // of these: may be forgotten
    std::uint64_t requests = 0;    // remembered
};

// Names a send. A copy of it, with the same name from the same sender to the same session, sends
// nothing and is answered the same.
struct request_mark {
    std::string id;
    std::uint64_t content_hash = 0;  // a copy has the same
};

// For how long a request is remembered, unless there are too many.
inline constexpr std::chrono::seconds request_time{300};

// For whom a private message is; a store that tells other processes tells them so.
struct private_delivery {
    model::user receiver;
    std::uint64_t except = 0;  // the sender's own connection, which is not pushed it; 0: none

    private_delivery(model::user r, std::uint64_t e) : receiver(std::move(r)), except(e) {}
};

// What is appended; the store adds id, sequence and time.
struct message_draft {
    model::user sender;
    std::string category;
    std::string content;
    std::optional<request_mark> request = {};
    std::optional<private_delivery> delivery = {};
    // To a room only: whoever is no member is refused, unless it is a copy of a request.
    bool must_be_member = false;
};

// What the sender of a message is answered.
struct receipt {
    std::string id;
    std::uint64_t sequence = 0;
    std::int64_t created_at = 0;  // ms
};

struct appended {
    model::message_ptr message;  // null: the draft was a copy, and nothing was done
    receipt answer;              // of the message, or of the one that the first copy became
};

// What a store answers where a request's name comes again with another content.
inline model::error request_conflict() {
    return {model::status::conflict, "request_id: was given to a message with another content"};
}

// What a store answers a sender who must be a member of the room and is none; there may be no such
// room.
inline model::error not_a_member() {
    return model::forbidden("you are not a member of this room");
}

// What a store answers where one more member, or one more room of a user, would be beyond the limit
// that it was given.
inline model::error limit_reached() {
    return {model::status::too_many, "the limit is reached"};
}

// How a room comes into a user's own list of rooms.
struct list_options {
    std::size_t max_rooms = 0;  // 0: no limit
    // In a store that other processes share, they look again whether the user is in that room.
    bool is_published = true;
};

// A room as the store knows it.
struct room_record {
    std::string id;
    std::uint64_t members = 0;
};

struct id_page {
    std::vector<std::string> ids;  // sorted
    std::uint64_t total = 0;
    bool has_more = false;
};

// A private session in a user's list, by the time of its last message.
struct private_session {
    model::session_id session;
    std::int64_t updated_at = 0;  // ms
};

// Messages, memberships and users. Every store passes tests/conformance.
//
// Threads: one store a worker, used only there; it holds what is at home on that worker.
// Lifetime: what is passed by reference or view must live until the awaitable has completed.
// Errors: 503 when the store refused or cannot be reached; then nothing was done. 409 is
// request_conflict() and nothing else, 403 is not_a_member(), 429 is limit_reached(). Absence is
// not an error.
class store {
public:
    virtual ~store() = default;

    // Null: nobody but this process changes what is in the store, and nobody is told of it.
    virtual feed* changes() noexcept { return nullptr; }
    // Null as well, then: there are no other nodes.
    virtual presence* nodes() noexcept { return nullptr; }

    // Cheap, for whoever watches the server.
    virtual store_sizes sizes() const noexcept = 0;

    // --- messages of a session, bounded to the newest `history` ones
    // ------------------------------------------------- Assigns sequence (+1 a message), id, and
    // created_at = max(now_ms, that of the message before). Looks for copies of the request and
    // appends at once, so that of racing copies the first wins; and of a send and a leave as well.
    // Or request_conflict(), or not_a_member().
    virtual worker::async_result<appended>
    append(const model::session_id& session, message_draft draft, std::int64_t now_ms) = 0;
    // What a copy of the request would be answered; empty: append() does not know it yet. Or
    // request_conflict().
    virtual worker::async_result<std::optional<receipt>> find_request(
        const model::session_id& session,
        std::string_view sender,
        const request_mark& request
    ) = 0;
    virtual worker::async_result<model::history_reply>
    history(const model::session_id& session, const model::history_query& query) = 0;
    // Null if there is none.
    virtual worker::async_result<model::message_ptr> last_message(const model::session_id& session
    ) = 0;

    // --- rooms and who is in them
    // ------------------------------------------------------------------------------------ Creates
    // the room if it is absent. True if the user was not a member before.
    // Counts and adds in one step: joins at the same time never pass `max_members` (0: no limit). A
    // member is never refused.
    virtual worker::async_result<bool>
    add_member(std::string_view room, std::string_view user, std::size_t max_members = 0) = 0;
    // True if the user was a member. The room and its messages stay.
    virtual worker::async_result<bool>
    remove_member(std::string_view room, std::string_view user) = 0;
    virtual worker::async_result<bool> is_member(std::string_view room, std::string_view user) = 0;
    // True if there was no such room before.
    virtual worker::async_result<bool> create_room(std::string_view room) = 0;
    // Removes the room with its members and messages, and returns who was in it; nothing if there
    // is no such room. The sequences of its session go on where they were, should it come back, so
    // that who knew the old messages sees that they are gone.
    virtual worker::async_result<std::optional<std::vector<std::string>>> remove_room(
        std::string_view room
    ) = 0;
    virtual worker::async_result<std::optional<room_record>> find_room(std::string_view room) = 0;
    // Members with ids above `after`, by id.
    virtual worker::async_result<id_page>
    members(std::string_view room, std::string_view after, std::size_t limit) = 0;
    // Rooms with ids above `after`, by id.
    virtual worker::async_result<std::vector<room_record>>
    rooms(std::string_view after, std::size_t limit) = 0;

    // --- users and the sessions they have
    // ----------------------------------------------------------------------------
    // Makes the user known by that name, whatever it was before. Where all is forgotten that nobody
    // touches for a time, this time begins anew for what is kept of the user.
    virtual worker::async_result<void> put_user(const model::user& user) = 0;
    // The same of a user who is not known; whoever is known keeps the name. Returns the user as
    // known. One step: of several at once the first wins.
    virtual worker::async_result<model::user> add_user(const model::user& user) = 0;
    virtual worker::async_result<std::optional<model::user>> find_user(std::string_view id) = 0;
    // The user's first connection to this process has come, or its last one has gone.
    virtual void on_online(std::string_view /*user*/) {}
    virtual void on_offline(std::string_view /*user*/) {}
    // The user's own list of rooms: the other side of add_member, kept where the user is at home.
    // Counts and adds in one step, too; a room that is in the list is never refused.
    virtual worker::async_result<void> add_room_of(
        std::string_view user,
        std::string_view room,
        std::int64_t now_ms,
        list_options how = {}
    ) = 0;
    virtual worker::async_result<void>
    remove_room_of(std::string_view user, std::string_view room) = 0;
    // Sorted by id, each with the time it was joined.
    virtual worker::async_result<std::vector<std::pair<std::string, std::int64_t>>> rooms_of(
        std::string_view user
    ) = 0;
    // Puts a private session into the user's list, or moves it to the time of its last message;
    // never back to an earlier time.
    virtual worker::async_result<void> touch_private_session(
        std::string_view user,
        const model::session_id& session,
        const receipt& last
    ) = 0;
    // When the user's list says that the session was updated; empty: it is not in the list.
    virtual worker::async_result<std::optional<std::int64_t>>
    private_session_time(std::string_view user, const model::session_id& session) = 0;
    // Newest first, behind `after` if given. Fewer than `limit`: the list has no more.
    virtual worker::async_result<std::vector<private_session>> private_sessions(
        std::string_view user,
        const std::optional<session_cursor>& after,
        std::size_t limit
    ) = 0;
};

}  // namespace gim::storage
