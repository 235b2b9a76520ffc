#pragma once

#include "protocol/error.hpp"
#include "protocol/message.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace gim::session {

// Makes and checks the tokens that a login hands out for the HTTP API: JWTs (RFC 7519), HS256, with
// `sub` the user's id, `name`, `iat` and `exp`.
//
// Threads: const after construction; any thread.
class token_issuer {
public:
    // An empty secret: a random one, so that tokens end with the process.
    token_issuer(std::string secret, std::chrono::seconds ttl);

    std::string issue(const protocol::user& user, std::int64_t now_ms) const;
    // 401 for anything but a token of this issuer that has not expired; the message does not say
    // what is wrong with it.
    protocol::result<protocol::user> verify(const std::string& token, std::int64_t now_ms) const;

private:
    const std::string secret_;
    const std::chrono::seconds ttl_;
};

}  // namespace gim::session
