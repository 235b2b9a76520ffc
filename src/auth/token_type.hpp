#pragma once

#include <string_view>

namespace gim::auth {

// What the header of gim's own tokens has as `typ` (RFC 8725, 3.11): their `sub` is a user's id as
// it stands, whatever names the user in the tokens of others.
inline constexpr std::string_view own_token_type = "gim+jwt";

}  // namespace gim::auth
