#pragma once

#include <cstddef>
#include <cstdint>

// RFC 6455, 5.2 and 5.5: what reading and writing frames share.
namespace gim::websocket {

enum class websocket_opcode : std::uint8_t {
    continuation = 0x0,
    text = 0x1,
    binary = 0x2,
    close = 0x8,
    ping = 0x9,
    pong = 0xA,
};

inline constexpr std::uint8_t websocket_final_bit = 0x80;
inline constexpr std::uint8_t websocket_deflated_bit = 0x40;  // RSV1 (RFC 7692, 6)
inline constexpr std::size_t max_control_payload = 125;
// What the 7 bits of a length hold when the length follows in 16 or 64 bits.
inline constexpr std::uint8_t length_in_16_bits = 126;
inline constexpr std::uint8_t length_in_64_bits = 127;

}  // namespace gim::websocket
