#pragma once

#include <string>
#include <string_view>

namespace gim::auth {

// HMAC with SHA-256 (RFC 2104), 32 bytes: what HS256 signs with (RFC 7518, 3.2).
std::string hmac_sha256(std::string_view secret, std::string_view text);

}  // namespace gim::auth
