#pragma once

#include "model/error.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gim::gateway {

// What a client offers in Sec-WebSocket-Protocol (RFC 6455, 11.3.4).
struct subprotocols {
    bool has_token_protocol = false;   // token_protocol is among them
    std::optional<std::string> token;  // the one behind it
};

// A browser can set no other field for its token, so the token is the subprotocol behind this one.
inline constexpr std::string_view token_protocol = "gim.token";

// `fields`: the values of all fields of that name, in their order. 400 for what is not a list of
// tokens of HTTP (RFC 9110, 5.6.2): a part of a token must never pass for the whole.
model::result<subprotocols> read_subprotocols(std::span<const std::string_view> fields);

}  // namespace gim::gateway
