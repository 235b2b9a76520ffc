#pragma once

#include "net/http_head.hpp"
#include "net/stream.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>
#include <variant>

namespace gim::net {

// A head; or why the request is refused; or why the connection ended (asio::error::eof between
// requests is a normal end).
using read_head_outcome = std::variant<http_head, http_error, boost::system::error_code>;

// Reads the head of the next request. `buffer` is what was read before and not used; afterwards it
// holds what came behind the head. It has no time limit of its own: whoever waits too long closes
// the stream. All must live until the awaitable has completed.
asio::awaitable<read_head_outcome>
read_head(stream& socket, std::string& buffer, const http_limits& limits);

}  // namespace gim::net
