#pragma once

#include "auth/signing_key.hpp"
#include "auth/token_parties.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gim::auth {

// What a token says of its user.
struct token_claims {
    std::string id;
    std::optional<std::string> name = {};  // UTF-8
    // Empty: every room.
    std::optional<std::vector<std::string>> rooms = {};
    // Milliseconds since 1970 (UTC): it expires no later than that. Empty: by the issuer's time.
    std::optional<std::int64_t> ends_at = {};
};

// Makes tokens: JWTs (RFC 7519) that token_verifier takes when it has the same key, with `iat` and
// `exp`.
//
// Threads: const after construction; any thread.
class token_issuer {
public:
    // `kid` names the key in the header. Every token says what `parties` do.
    token_issuer(
        signing_key key,
        std::chrono::seconds ttl,
        std::optional<std::string> kid = {},
        token_parties parties = {}
    );

    std::string issue(const token_claims& claims, std::int64_t now_ms) const;

private:
    signing_key key_;
    std::chrono::seconds ttl_;
    std::string header_;  // encoded
    token_parties parties_;
};

}  // namespace gim::auth
