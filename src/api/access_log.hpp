#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gim::api {

// The value of the trace field, if it may be echoed and logged: 1 to 128 bytes of printable ASCII.
std::optional<std::string_view> trace_value(std::string_view value);

// "GET /v1/rooms". The query of `target` is left out, since it may hold a token. Everything but
// visible ASCII, and '"' and '\', is written as \xNN, so that no request can make up a line or a
// part of one.
std::string request_name(std::string_view method, std::string_view target);

// "GET /v1/rooms 200 trace=abc 0.2ms", by the same rules.
std::string access_line(
    std::string_view method,
    std::string_view target,
    unsigned status,
    std::optional<std::string_view> trace,
    std::chrono::steady_clock::duration elapsed
);

}  // namespace gim::api
