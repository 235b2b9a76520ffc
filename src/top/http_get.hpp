#pragma once

#include "load/endpoint.hpp"
#include "protocol/error.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gim::top {

struct http_answer {
    unsigned status = 0;
    std::string body;
};

// Asks for one path on a connection of its own, without TLS, and waits no longer than that. The
// error says what went wrong. `key` may be empty.
protocol::result<http_answer> http_get(
    const load::endpoint& server,
    std::string_view path,
    std::string_view key,
    std::chrono::milliseconds patience
);

// What came until the server closed, taken apart. Empty if it is no whole answer.
std::optional<http_answer> parse_answer(std::string_view bytes);

}  // namespace gim::top
