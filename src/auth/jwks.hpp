#pragma once

#include "auth/verification_key.hpp"
#include "model/error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gim::auth {

struct jwk {
    std::optional<std::string> kid;
    verification_key key;
};

struct jwks {
    std::vector<jwk> keys;
    // Of each key that is not among them: which one, and why. "key 2 (kid "a"): ..."
    std::vector<std::string> left_out;
};

// The keys of a JSON Web Key Set (RFC 7517) that check signatures as gim knows them: RSA, P-256,
// Ed25519, and secrets ("oct"). Those for another use or algorithm, and those that are broken, are
// left out, as its section 5 asks for. It is an error if none is left.
model::result<jwks> read_jwks(std::string_view text);

}  // namespace gim::auth
