#pragma once

#include "protocol/replies.hpp"
#include "protocol/requests.hpp"
#include "session/node.hpp"

#include <set>
#include <string>
#include <vector>

namespace gim::session {

// Rooms: who is in them, and what they are. A user stays a member when a connection ends; only
// connections receive.
//
// Every function returns on the worker on which it was called; the arguments must live until then.
class room_service {
public:
    explicit room_service(node& all) : all_(all) {}

    // Creates the room if it is absent; joining twice is fine. Every device of the user receives
    // from then on.
    storage::async_result<protocol::join_reply>
    join(const caller& who, const protocol::join_request& request);
    // 404 if there is no such room, 409 if the user is not in it.
    storage::async_result<protocol::leave_reply>
    leave(const caller& who, const protocol::leave_request& request);
    // For members only.
    storage::async_result<protocol::members_reply>
    members(const caller& who, const protocol::members_request& request);

    // Does nothing if the room is there.
    storage::async_result<protocol::room_reply> create(std::string_view room);
    // The members are out and are pushed nothing more, and the history is gone. 404 if there is no
    // such room.
    storage::async_result<protocol::dismiss_reply> dismiss(std::string_view room);

    // What any user may know of a room.
    storage::async_result<protocol::room_reply> find(std::string_view room);
    // Rooms with ids above `after`, by id.
    storage::async_result<protocol::rooms_reply> list(std::string_view after, std::size_t limit);

private:
    // What a join has changed so far.
    struct join_progress {
        bool is_listed = false;
        bool is_new_member = false;
    };

    storage::async_result<protocol::join_reply>
    join_in_steps(const caller& who, const protocol::session_id& session, join_progress& so_far);
    boost::asio::awaitable<void> undo_join(
        std::string_view user,
        const protocol::session_id& session,
        const join_progress& so_far
    );
    // Whether the user may be in that room as well: 429 beyond the quota.
    storage::async_result<void> require_another_room(std::string_view user, std::string_view room);
    // The same, and puts the room into the user's list. REQUIRES: at the user's home.
    storage::async_result<void>
    list_room(std::string_view user, std::string_view room, bool is_published);

    storage::async_result<protocol::leave_reply>
    leave_shared(const caller& who, const protocol::session_id& room);
    storage::async_result<protocol::room_reply> create_at_home(std::string_view room);
    storage::async_result<protocol::dismiss_reply> dismiss_at_home(std::string_view room);
    storage::async_result<void>
    put_out(const protocol::session_id& room, const std::vector<std::string>& members);
    storage::async_result<protocol::join_reply>
    join_at_home(const caller& who, const protocol::join_request& request);
    storage::async_result<protocol::leave_reply>
    leave_at_home(const caller& who, const protocol::leave_request& request);
    storage::async_result<protocol::members_reply>
    members_at_home(const caller& who, const protocol::members_request& request);
    storage::async_result<protocol::room_reply> find_at_home(std::string_view room);
    storage::async_result<protocol::rooms_reply> collect(std::string_view after, std::size_t limit);

    node& all_;
};

}  // namespace gim::session
