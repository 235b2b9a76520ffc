#pragma once

#include <string_view>

namespace gim::auth {

// The signatures of JWTs that gim makes and checks (RFC 7518, 3.1; RFC 8037, 3.1). A key is for one
// of them and never for another: a public key must not be taken for a secret because a token says
// so.
enum class algorithm { hs256, rs256, es256, eddsa };

// The name that a token's header has for it.
constexpr std::string_view name_of(algorithm a) noexcept {
    switch (a) {
        case algorithm::hs256:
            return "HS256";
        case algorithm::rs256:
            return "RS256";
        case algorithm::es256:
            return "ES256";
        case algorithm::eddsa:
            return "EdDSA";
    }
    return {};
}

}  // namespace gim::auth
