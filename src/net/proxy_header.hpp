#pragma once

#include "model/error.hpp"

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace gim::net {

// Reads the header that a proxy puts in front of a connection to say for whom it was made: PROXY
// protocol, version 2 or 1 (https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt). Sans-io.
//
// It never asks for a byte behind the header, since those may have to be read by somebody else, as
// TLS. Whoever uses it must know that a header comes: guessing would let clients make one up.
//
// Limits: max_bytes. What a header says of itself must be true: lengths that do not hold what they
// announce, addresses or ports that are none, and other kinds of sockets are refused.
class proxy_header_reader {
public:
    static constexpr std::size_t max_bytes = 2048;  // with what a proxy adds about TLS and the like

    // How many more bytes are the header's for certain; 0: it is complete.
    std::size_t wanted() const noexcept;
    // Takes them, or a part of them. After an error only the connection's end is left.
    // REQUIRES: bytes.size() <= wanted().
    model::result<void> feed(std::string_view bytes);

    // Who connected to the proxy. Empty: the proxy itself did (LOCAL), or it does not know.
    // REQUIRES: wanted() == 0.
    const std::optional<boost::asio::ip::address>& source() const noexcept { return source_; }

private:
    bool is_text() const noexcept { return text_.front() == 'P'; }
    model::result<void> check_so_far() const;
    model::result<void> parse_text();
    model::result<void> parse_binary();

    std::string text_;  // the header so far
    bool complete_ = false;
    std::optional<boost::asio::ip::address> source_;
};

}  // namespace gim::net
