#pragma once

#include "session/connection_ref.hpp"
#include "session/node.hpp"

#include <string_view>

namespace gim::session {

// 403 if the caller's token does not let its user into the room.
protocol::result<void> require_scope(const caller& who, std::string_view room);

// Why one who is no member of the room is refused: 403, or 404 if there is no such room. The
// message begins with `field`, the request's name for the room. REQUIRES: on the room's home.
boost::asio::awaitable<protocol::error>
why_outside(shard& home, std::string_view room, std::string_view field);

// Success if the caller is a member of the room, or a back end; else why_outside().
// REQUIRES: on the room's home.
storage::async_result<void>
require_member(shard& home, std::string_view room, const caller& who, std::string_view field);

// The same for any session that the caller wants to read: a member of the room, within the scope,
// one of the two parties, or a back end. REQUIRES: on the session's home.
storage::async_result<void>
require_reader(shard& home, const protocol::session_id& session, const caller& who);

}  // namespace gim::session
