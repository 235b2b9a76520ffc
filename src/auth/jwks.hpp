#pragma once

#include "auth/verification_key.hpp"
#include "protocol/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gim::auth {

struct jwk {
    std::optional<std::string> kid;
    verification_key key;
};

// The keys of a JSON Web Key Set (RFC 7517) that check signatures as gim knows them: RSA, P-256,
// Ed25519, and secrets ("oct"). Those for another use or algorithm are left out, as its section 5
// asks for. The error tells which key is broken, or that no key is left.
protocol::result<std::vector<jwk>> read_jwks(std::string_view text);

}  // namespace gim::auth
