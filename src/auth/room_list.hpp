#pragma once

#include "auth/room_scope.hpp"
#include "protocol/json_reader.hpp"

#include <optional>

namespace gim::auth {

// The rooms that a token or a login service lists for its user, read with "rooms" as the list to
// look into; without that field every room. Empty: it is no list of valid ids.
std::optional<room_scope> read_room_list(const protocol::json_document& from);

}  // namespace gim::auth
