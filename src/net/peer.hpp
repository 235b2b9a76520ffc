#pragma once

#include "net/admission.hpp"
#include "net/sockets.hpp"

#include <boost/asio/ip/address.hpp>

#include <utility>

namespace gim::net {

// Who is at the other end of a connection, and the place that it takes. Everything that goes by a
// client's address (limits, logs, who may come in without a token) asks here.
//
// Threads: the connection's worker's.
class peer {
public:
    peer() = default;  // nobody known, and no place
    peer(const boost::asio::ip::address& socket_end, admission::place place)
        : address_(plain(socket_end)), place_(std::move(place)) {}

    // Never an IPv4 address wrapped in an IPv6 one.
    const boost::asio::ip::address& address() const noexcept { return address_; }

    // Counts the connection for its address. False: that one has all it may have.
    bool take_place() { return place_.move_to(address_); }

private:
    boost::asio::ip::address address_;
    admission::place place_;
};

// A new connection.
struct arrival {
    tcp_socket socket;
    peer who;
};

}  // namespace gim::net
