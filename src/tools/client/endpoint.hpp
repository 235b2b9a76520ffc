#pragma once

#include <cstddef>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>

namespace gim::client {

// Where a server listens.
struct endpoint {
    sockaddr_storage address{};
    socklen_t length = 0;
    std::string text;  // as it was given

    // Whether it is in 127.0.0.0/8, where a client may come from any address.
    bool is_ipv4_loopback() const noexcept;
};

// Understands "ws://HOST:PORT" ("http" for the scheme of the API), a final '/' is allowed; the port
// may be left out. Throws std::runtime_error with one line if it does not, or if the host is not
// known.
endpoint resolve(std::string_view scheme, std::string_view url);

// An address has some 28,000 ports to connect from. Of so many connections each takes another
// source address; the first ones leave the choice to the kernel.
inline constexpr std::size_t connections_a_source = 25'000;
// REQUIRES: the endpoint is in 127.0.0.0/8, `source` is below 65,000.
sockaddr_in loopback_source(std::size_t source) noexcept;

}  // namespace gim::client
