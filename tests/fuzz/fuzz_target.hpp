#pragma once

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

// What is fuzzed: each target takes any bytes and throws when a property does not hold. libFuzzer
// makes the bytes (scripts/fuzz); those it once found, and the seeds it begins with, are replayed
// by an ordinary test.
namespace gim::fuzz {

struct broken : std::logic_error {
    using std::logic_error::logic_error;
};

inline void require(bool holds, const char* property) {
    if (!holds) {
        throw broken(property);
    }
}

void http_head(std::string_view bytes);
void chunked_body(std::string_view bytes);
void upgrade(std::string_view bytes);
void websocket(std::string_view bytes);
void json_command(std::string_view bytes);
void proto_command(std::string_view bytes);
void proxy_header(std::string_view bytes);
void redis_reply(std::string_view bytes);
void redis_values(std::string_view bytes);
void snapshot(std::string_view bytes);
void token(std::string_view bytes);
void utf8(std::string_view bytes);

// Calls `take` with the bytes piece by piece. The pieces are of sizes that look random but are the
// same in every run.
template <class Take>
void in_pieces(std::string_view bytes, std::size_t seed, Take take) {
    constexpr std::size_t longest = 9;
    while (!bytes.empty()) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        const auto n = std::min(bytes.size(), 1 + (seed >> 33) % longest);
        take(bytes.substr(0, n));
        bytes.remove_prefix(n);
    }
}

}  // namespace gim::fuzz
