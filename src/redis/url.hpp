#pragma once

#include "model/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace gim::redis {

// Where a Redis server is, and who asks it.
struct url {
    std::string host = "127.0.0.1";  // a name or an address, that without brackets
    std::uint16_t port = 6379;
    std::string user;      // empty: the default user
    std::string password;  // empty: none is sent
    unsigned database = 0;

    std::string where() const;  // for the log: "host:port"
};

// Understands "redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE]", user and password
// percent-encoded. The error says what is allowed and which part is wrong, without the text, which
// may hold a password.
model::result<url> parse_url(std::string_view text);

}  // namespace gim::redis
