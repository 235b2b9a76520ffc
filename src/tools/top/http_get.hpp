#pragma once

#include "tools/client/endpoint.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace gim::top {

struct http_answer {
    unsigned status = 0;
    std::string body;
};

struct http_failure {
    std::string why;
    bool is_interrupted = false;
};

// How long an answer is waited for: until this time, or until one of these descriptors can be read.
struct wait_limits {
    std::chrono::steady_clock::time_point end;
    std::vector<int> interrupts;
};

// Asks for one path on a connection of its own, without TLS. `key` may be empty.
std::variant<http_answer, http_failure> http_get(
    const client::endpoint& server,
    std::string_view path,
    std::string_view key,
    const wait_limits& limits
);

// What came until the server closed, taken apart. Empty if it is no whole answer.
std::optional<http_answer> parse_answer(std::string_view bytes);

}  // namespace gim::top
