#pragma once

#include <string_view>

namespace gim::websocket {

// With what every compressed message ends and what is not sent (RFC 7692, 7.2.1).
inline constexpr std::string_view deflate_tail("\x00\x00\xff\xff", 4);

}  // namespace gim::websocket
