#pragma once

#include "model/replies.hpp"
#include "model/requests.hpp"
#include "node/node.hpp"

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
    explicit room_service(node::node& all) : all_(all) {}

    // Creates the room if it is absent; joining twice is fine. Every device of the user receives
    // from then on.
    worker::async_result<model::join_reply>
    join(const node::caller& who, const model::join_request& request);
    // 404 if there is no such room, 409 if the user is not in it.
    worker::async_result<model::leave_reply>
    leave(const node::caller& who, const model::leave_request& request);
    // For members only.
    worker::async_result<model::members_reply>
    members(const node::caller& who, const model::members_request& request);

    // Does nothing if the room is there.
    worker::async_result<model::room_reply> create(std::string_view room);
    // The members are out and are pushed nothing more, and the history is gone. 404 if there is no
    // such room.
    worker::async_result<model::dismiss_reply> dismiss(std::string_view room);

    // What any user may know of a room.
    worker::async_result<model::room_reply> find(std::string_view room);
    // Rooms with ids above `after`, by id.
    worker::async_result<model::rooms_reply> list(std::string_view after, std::size_t limit);

private:
    // What a join has changed so far.
    struct join_progress {
        bool is_listed = false;
        bool is_new_member = false;
    };

    worker::async_result<model::join_reply>
    join_in_steps(const node::caller& who, const model::session_id& session, join_progress& so_far);
    boost::asio::awaitable<void>
    undo_join(std::string_view user, const model::session_id& session, const join_progress& so_far);
    // Whether the user may be in that room as well: 429 beyond the quota.
    worker::async_result<void> require_another_room(std::string_view user, std::string_view room);
    // The same, and puts the room into the user's list. REQUIRES: at the user's home.
    worker::async_result<void>
    list_room(std::string_view user, std::string_view room, bool is_published);

    worker::async_result<model::leave_reply>
    leave_shared(const node::caller& who, const model::session_id& room);
    worker::async_result<model::room_reply> create_at_home(std::string_view room);
    worker::async_result<model::dismiss_reply> dismiss_at_home(std::string_view room);
    worker::async_result<void>
    put_out(const model::session_id& room, const std::vector<std::string>& members);
    worker::async_result<model::join_reply>
    join_at_home(const node::caller& who, const model::join_request& request);
    worker::async_result<model::leave_reply>
    leave_at_home(const node::caller& who, const model::leave_request& request);
    worker::async_result<model::members_reply>
    members_at_home(const node::caller& who, const model::members_request& request);
    worker::async_result<model::room_reply> find_at_home(std::string_view room);
    worker::async_result<model::rooms_reply> collect(std::string_view after, std::size_t limit);

    node::node& all_;
};

}  // namespace gim::session
