#pragma once

#include "model/error.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gim::websocket {

// What a server answers to the Sec-WebSocket-Extensions of a client (RFC 6455, 9.1; RFC 7692, 5 and
// 7.1), whose fields are `offers`: the first offer of permessage-deflate that it can take, without
// context takeover in either direction, or nothing. Offers with parameters that are unknown, twice,
// or out of range are passed over, and so are those of a smaller window than `window_bits`.
// A field that is not even written as one is an error (400).
model::result<std::optional<std::string>>
answer_deflate_offers(std::span<const std::string_view> offers, std::size_t window_bits);

}  // namespace gim::websocket
