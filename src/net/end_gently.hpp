#pragma once

#include "net/stream.hpp"

#include <boost/asio/awaitable.hpp>

namespace gim::net {

// Ends our side of a connection, reads until the peer ends its own, then closes the socket.
//
// Problem: a socket that is closed with unread input resets the connection, and the peer may lose
// what it was told last (RFC 9112, 9.6). Has no time limit of its own: whoever waits too long
// closes the socket.
asio::awaitable<void> end_gently(stream& connection);

}  // namespace gim::net
