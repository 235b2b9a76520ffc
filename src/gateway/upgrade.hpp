#pragma once

#include "gateway/gateway_options.hpp"
#include "net/http_head.hpp"
#include "net/peer.hpp"
#include "net/stream.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace gim::stats {
class counters;
}

namespace gim::gateway {

struct upgrade {
    std::string answer;  // what makes the connection a WebSocket; not sent yet
    std::string rest;    // bytes that came behind the request
    // A token that the client offered as a subprotocol behind "gim.token", since a browser can set
    // no other field.
    std::optional<std::string> token;
    bool is_deflating = false;  // permessage-deflate was agreed on
};

// Reads the request for an upgrade (RFC 6455, 4.2.1). Empty if there is no WebSocket then: the peer
// left, or asked for something else and was told so (426 for plain HTTP), or is of a page or an
// address that may not come in. Has no time limit of its own. All must live until the awaitable has
// completed.
net::asio::awaitable<std::optional<upgrade>> read_upgrade(
    net::stream& socket,
    const gateway_options& options,
    net::peer& who,
    stats::counters& counters
);

// The bytes of an answer that ends the connection.
std::string refusal_text(const net::http_error& why);

// What a server answers to a Sec-WebSocket-Key (RFC 6455, 4.2.2).
std::string accept_value(std::string_view key);

}  // namespace gim::gateway
