#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gim::auth {

// RFC 4648, 5, without padding, as JWTs have it (RFC 7515, 2).
std::string to_base64url(std::string_view bytes);

// Empty for anything that to_base64url() does not write: padding, other characters, bits that say
// nothing. So equal bytes have one text only, and no second form of a token passes.
std::optional<std::string> from_base64url(std::string_view text);

}  // namespace gim::auth
