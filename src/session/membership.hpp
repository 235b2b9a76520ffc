#pragma once

#include "node/connection_ref.hpp"
#include "node/node.hpp"

#include <string_view>

namespace gim::session {

// 403 if the caller's token does not let its user into the room.
model::result<void> require_scope(const node::caller& who, std::string_view room);

// Why one who is no member of the room is refused: 403, or 404 if there is no such room. The
// message begins with `field`, the request's name for the room. REQUIRES: on the room's home.
boost::asio::awaitable<model::error>
why_outside(node::shard& home, std::string_view room, std::string_view field);

// Success if the caller is a member of the room, or a back end; else why_outside().
// REQUIRES: on the room's home.
worker::async_result<void> require_member(
    node::shard& home,
    std::string_view room,
    const node::caller& who,
    std::string_view field
);

// The same for any session that the caller wants to read: a member of the room, within the scope,
// one of the two parties, or a back end. REQUIRES: on the session's home.
worker::async_result<void>
require_reader(node::shard& home, const model::session_id& session, const node::caller& who);

}  // namespace gim::session
