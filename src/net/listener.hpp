#pragma once

#include "net/address.hpp"
#include "net/unique_fd.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/result.hpp>

#include <cstddef>
#include <vector>

namespace gim::net {

// Sockets that listen on one and the same endpoint; the kernel spreads new connections over them.
struct listeners {
    std::vector<unique_fd> sockets;  // non-blocking, close-on-exec, listening
    boost::asio::ip::tcp::endpoint
        endpoint;  // the real one: its port is never 0, and its protocol() is the sockets'
};

// Opens `count` listening sockets on `where`, one for each worker. Every interface means one
// dual-stack IPv6 socket each, or 0.0.0.0 on a machine without IPv6.
//
// Problem: SO_REUSEPORT lets workers share a port, but it would also let a second gim of the same
// user share it unnoticed. So the first socket binds and listens without it, which fails with
// address_in_use when anybody has the port, and gets it only then; the others join with it.
//
// Errors: what the kernel says (address_in_use, permission_denied, ...). REQUIRES: count >= 1.
boost::system::result<listeners> open_listeners(const address& where, std::size_t count);

// The same from sockets that somebody else has opened; with fewer than `count`, several workers
// share one. Errors: invalid_argument, if one is not a listening TCP socket, if they listen on
// different endpoints, or if there are more of them than `count`, so that nobody would accept from
// some. REQUIRES: count >= 1, and one socket at least.
boost::system::result<listeners> adopt_listeners(std::vector<unique_fd> sockets, std::size_t count);

}  // namespace gim::net
