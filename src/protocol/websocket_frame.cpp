#include "protocol/websocket_frame.hpp"

#include <cassert>

namespace gim::protocol {

namespace {

// Opcodes of RFC 6455, 5.2.
constexpr std::uint8_t text_opcode = 0x1;
constexpr std::uint8_t binary_opcode = 0x2;
constexpr std::uint8_t close_opcode = 0x8;
constexpr std::uint8_t ping_opcode = 0x9;

constexpr std::uint8_t final_fragment = 0x80;
constexpr std::size_t max_control_payload = 125;  // RFC 6455, 5.5
constexpr std::size_t max_length_in_7_bits = 125;
constexpr std::size_t max_length_in_16_bits = 0xffff;
constexpr char length_in_16_bits = 126;
constexpr char length_in_64_bits = 127;

std::string with_room() {
    return std::string(websocket_frame::header_room, '\0');
}

}  // namespace

// The header is written right before the payload, so that the frame is one run of bytes and the
// payload never moves.
websocket_frame::websocket_frame(std::uint8_t opcode, std::string payload_after_room)
    : buffer_(std::move(payload_after_room)) {
    assert(buffer_.size() >= header_room);
    const auto length = buffer_.size() - header_room;
    std::size_t length_bytes = 0;
    char short_length = static_cast<char>(length);
    if (length > max_length_in_16_bits) {
        length_bytes = 8;
        short_length = length_in_64_bits;
    } else if (length > max_length_in_7_bits) {
        length_bytes = 2;
        short_length = length_in_16_bits;
    }
    begin_ = header_room - 2 - length_bytes;
    buffer_[begin_] = static_cast<char>(final_fragment | opcode);
    buffer_[begin_ + 1] = short_length;
    for (std::size_t i = 0; i < length_bytes; ++i) {  // the most significant byte first
        buffer_[header_room - 1 - i] = static_cast<char>((length >> (8 * i)) & 0xff);
    }
}

websocket_frame websocket_frame::seal(frame_kind kind, std::string payload_after_room) {
    const auto opcode = kind == frame_kind::text ? text_opcode : binary_opcode;
    return websocket_frame(opcode, std::move(payload_after_room));
}

websocket_frame websocket_frame::ping() {
    return websocket_frame(ping_opcode, with_room());
}

websocket_frame websocket_frame::close(std::uint16_t code, std::string_view reason) {
    assert(reason.size() + sizeof(code) <= max_control_payload);
    auto payload = with_room();
    payload += static_cast<char>(code >> 8);
    payload += static_cast<char>(code & 0xff);
    payload += reason;
    return websocket_frame(close_opcode, std::move(payload));
}

websocket_frame
reply_frame(wire_form form, std::uint32_t op, std::uint64_t seq, const result<reply>& answer) {
    auto payload = with_room();
    encode_reply(form, op, seq, answer, payload);
    return websocket_frame::seal(kind_of(form), std::move(payload));
}

websocket_frame packet_frame(wire_form form, const packet& p) {
    auto payload = with_room();
    encode_packet(form, p, payload);
    return websocket_frame::seal(kind_of(form), std::move(payload));
}

}  // namespace gim::protocol
