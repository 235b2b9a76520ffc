#pragma once

#include "net/admission.hpp"
#include "net/sockets.hpp"

#include <boost/asio/ip/address.hpp>

#include <optional>
#include <string_view>
#include <utility>

namespace gim::net {

// Who is at the other end of a connection, and the place that it takes. Everything that goes by a
// client's address (limits, logs, who may come in without a token) asks here.
//
// Threads: the connection's worker's.
class peer {
public:
    peer(const boost::asio::ip::address& socket_end, admission::place place)
        : from_(plain(socket_end)), address_(from_), place_(std::move(place)) {}

    // The client's address, as far as it can be known: that of the socket, or what a trusted proxy
    // says. Never an IPv4 address wrapped in an IPv6 one. Of a client behind a proxy it is right
    // once its first request was read.
    const boost::asio::ip::address& address() const noexcept { return address_; }

    // Who made the connection, by the socket or the PROXY header: whom a request may say more of.
    const boost::asio::ip::address& from() const noexcept { return from_; }
    void comes_from(const boost::asio::ip::address& a) { from_ = address_ = plain(a); }

    // Whether a proxy made the connection, and began it with a PROXY header.
    bool is_announced() const noexcept { return announced_; }
    void set_announced() noexcept { announced_ = true; }

    // The connection is that client's from now on, and counts for it. Empty: the address may have
    // one more; else why not.
    std::optional<refusal>
    become(const boost::asio::ip::address& client, admission::clock::time_point now) {
        address_ = client;
        if (!place_.count_new(client, now)) {
            return refusal::too_fast_of_address;
        }
        if (!place_.move_to(client)) {
            return refusal::too_many_of_address;
        }
        return std::nullopt;
    }

    // Whether clients may come from that address at all.
    bool is_welcome() noexcept { return place_.of().welcomes(address_); }

    // See admission.
    http_error turn_away(refusal why, stats::counters& counters, std::string_view detail = {}) {
        return place_.of().turn_away(why, address_, counters, detail);
    }

private:
    boost::asio::ip::address from_;
    boost::asio::ip::address address_;
    bool announced_ = false;
    admission::place place_;
};

// A new connection.
struct arrival {
    tcp_socket socket;
    peer who;
};

}  // namespace gim::net
