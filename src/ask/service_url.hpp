#pragma once

#include "model/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace gim::ask {

// Where the login service is.
struct service_url {
    std::string host;  // a name or an address, that without brackets
    std::uint16_t port = 80;
    std::string authority;  // as it was written: for the field Host, and for the log
    std::string target;     // path and query; the query may hold a secret
};

// Understands "http://HOST[:PORT][/PATH][?QUERY]". The error says what is allowed, without the
// text.
model::result<service_url> parse_service_url(std::string_view text);

}  // namespace gim::ask
