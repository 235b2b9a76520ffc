#pragma once

#include "websocket/frame_kind.hpp"
#include "websocket/websocket_opcode.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gim::websocket {

class deflater;

// A complete WebSocket frame as it goes to a socket, header included (RFC 6455, 5.2). Frames of a
// server are not masked, so the same bytes serve every receiver. Immutable once built; threads may
// share it.
class websocket_frame {
public:
    // Room in front of the payload for the longest header of an unmasked frame.
    static constexpr std::size_t header_room = 10;

    // An empty payload behind the room, to append to.
    static std::string with_room() { return std::string(header_room, '\0'); }

    // `payload_after_room` begins with header_room bytes of any content, the payload follows.
    static websocket_frame seal(frame_kind kind, std::string payload_after_room);
    static websocket_frame ping();
    // REQUIRES: at most 125 bytes.
    static websocket_frame pong(std::string_view payload);
    // REQUIRES: reason of at most 123 bytes of UTF-8.
    static websocket_frame close(std::uint16_t code, std::string_view reason);

    // The same message compressed; empty if that would not be shorter. REQUIRES: is not compressed,
    // and no control frame.
    std::optional<websocket_frame> deflated(deflater& by) const;

    std::string_view bytes() const noexcept { return std::string_view(buffer_).substr(begin_); }
    std::string_view payload() const noexcept {
        return std::string_view(buffer_).substr(header_room);
    }

private:
    // `first`: the first byte of the header, but for the final bit.
    websocket_frame(std::uint8_t first, std::string payload_after_room);
    websocket_frame(websocket_opcode opcode, std::string payload_after_room);

    std::string buffer_;
    std::size_t begin_ = 0;
};

using shared_websocket_frame = std::shared_ptr<const websocket_frame>;

}  // namespace gim::websocket
