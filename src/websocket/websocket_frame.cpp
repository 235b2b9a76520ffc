#include "websocket/websocket_frame.hpp"

#include "websocket/deflater.hpp"

#include <cassert>
#include <utility>

namespace gim::websocket {

// The header is written right before the payload, so that the frame is one run of bytes and the
// payload never moves.
websocket_frame::websocket_frame(std::uint8_t first, std::string payload_after_room)
    : buffer_(std::move(payload_after_room)) {
    assert(buffer_.size() >= header_room);
    const auto length = buffer_.size() - header_room;
    std::size_t length_bytes = 0;
    char short_length = static_cast<char>(length);
    if (length > 0xffff) {
        length_bytes = 8;
        short_length = static_cast<char>(length_in_64_bits);
    } else if (length >= length_in_16_bits) {
        length_bytes = 2;
        short_length = static_cast<char>(length_in_16_bits);
    }
    begin_ = header_room - 2 - length_bytes;
    buffer_[begin_] = static_cast<char>(websocket_final_bit | first);
    buffer_[begin_ + 1] = short_length;
    for (std::size_t i = 0; i < length_bytes; ++i) {  // the most significant byte first
        buffer_[header_room - 1 - i] = static_cast<char>((length >> (8 * i)) & 0xff);
    }
}

websocket_frame::websocket_frame(websocket_opcode opcode, std::string payload_after_room)
    : websocket_frame(static_cast<std::uint8_t>(opcode), std::move(payload_after_room)) {}

std::optional<websocket_frame> websocket_frame::deflated(deflater& by) const {
    const auto first = static_cast<std::uint8_t>(buffer_[begin_]);
    assert((first & websocket_deflated_bit) == 0);
    auto shorter = with_room();
    if (!by.deflate(payload(), shorter)) {
        return std::nullopt;
    }
    const auto with_bit = static_cast<std::uint8_t>(first | websocket_deflated_bit);
    return websocket_frame(with_bit, std::move(shorter));
}

websocket_frame websocket_frame::seal(frame_kind kind, std::string payload_after_room) {
    const auto opcode =
        kind == frame_kind::text ? websocket_opcode::text : websocket_opcode::binary;
    return websocket_frame(opcode, std::move(payload_after_room));
}

websocket_frame websocket_frame::ping() {
    return websocket_frame(websocket_opcode::ping, with_room());
}

websocket_frame websocket_frame::pong(std::string_view payload) {
    assert(payload.size() <= max_control_payload);
    return websocket_frame(websocket_opcode::pong, with_room().append(payload));
}

websocket_frame websocket_frame::close(std::uint16_t code, std::string_view reason) {
    assert(reason.size() + sizeof(code) <= max_control_payload);
    auto payload = with_room();
    payload += static_cast<char>(code >> 8);
    payload += static_cast<char>(code & 0xff);
    payload += reason;
    return websocket_frame(websocket_opcode::close, std::move(payload));
}

}  // namespace gim::websocket
