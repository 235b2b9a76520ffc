#pragma once

#include "net/door_rules.hpp"
#include "net/http_head.hpp"
#include "net/peer.hpp"
#include "net/stream.hpp"

#include <boost/asio/awaitable.hpp>

#include <optional>

namespace gim::stats {
class counters;
}

namespace gim::net {

// Reads the PROXY header, if the rules say that one comes from this peer, and not a byte behind it.
// False: it is broken, or the peer left; then the connection can only be closed. Has no time limit
// of its own. All must live until the awaitable has completed.
asio::awaitable<bool> read_proxy_header(
    stream& connection,
    peer& who,
    const door_rules& rules,
    stats::counters& counters
);

// Finds out from a request who its client is, and counts the connection for that address. What to
// answer, if that may not be.
std::optional<http_error> identify(
    peer& who,
    const decltype(http_head::request)& head,
    const door_rules& rules,
    stats::counters& counters
);

}  // namespace gim::net
