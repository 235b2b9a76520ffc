#pragma once

#include "model/error.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gim::net {

// Where to listen.
struct address {
    std::optional<boost::asio::ip::address> ip;  // empty: every interface, IPv6 and IPv4
    std::uint16_t port = 0;                      // 0: any free port

    friend bool operator==(const address&, const address&) = default;
};

// Understands ":8080", "127.0.0.1:8080", "[::1]:8080" and "localhost:8080" (as 127.0.0.1). Other
// host names are refused: a name may have several addresses. The error says what is allowed.
model::result<address> parse_address(std::string_view text);

// The text that parse_address() understands, ":8080" for every interface.
std::string to_string(const address& a);

// "127.0.0.1:8080", "[::]:8080".
std::string to_string(const boost::asio::ip::tcp::endpoint& e);

}  // namespace gim::net
