#pragma once

#include <optional>
#include <string>

namespace gim::auth {

// Who makes tokens and for whom (RFC 7519, 4.1.1 and 4.1.3), UTF-8. Empty: not said, not looked at.
struct token_parties {
    std::optional<std::string> issuer = {};    // `iss`
    std::optional<std::string> audience = {};  // `aud`
    // The claim that names the user, in tokens that gim did not make.
    std::string user_claim = "sub";
};

}  // namespace gim::auth
