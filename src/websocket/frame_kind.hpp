#pragma once

namespace gim::websocket {

// What a message is (RFC 6455, 5.6): text is UTF-8, binary is anything.
enum class frame_kind { text, binary };

}  // namespace gim::websocket
