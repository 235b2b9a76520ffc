#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gim::test {

using mask_key = std::array<std::uint8_t, 4>;
inline constexpr mask_key some_mask{0x37, 0xfa, 0x21, 0x3d};  // that of RFC 6455, 5.7

// The header of a frame as a client sends it (RFC 6455, 5.2). The first byte is FIN and opcode,
// 0x81 for a whole text. `declared` is the length that the header tells.
inline std::string
client_header(unsigned first_byte, std::uint64_t declared, const mask_key& mask = {}) {
    std::string out(1, static_cast<char>(first_byte));
    const auto number = [&](int bytes) {
        for (int i = bytes - 1; i >= 0; --i) {
            out += static_cast<char>(declared >> (8 * i));
        }
    };
    if (declared < 126) {
        out += static_cast<char>(0x80 | declared);
    } else if (declared < 65536) {
        out += static_cast<char>(0x80 | 126);
        number(2);
    } else {
        out += static_cast<char>(0x80 | 127U);
        number(8);
    }
    return out.append(mask.begin(), mask.end());
}

inline std::string
client_frame(unsigned first_byte, std::string_view payload, const mask_key& mask = some_mask) {
    auto out = client_header(first_byte, payload.size(), mask);
    const auto begin = out.size();
    out += payload;
    char* const masked = out.data() + begin;
    for (std::size_t i = 0; i < payload.size(); ++i) {
        masked[i] = static_cast<char>(static_cast<std::uint8_t>(masked[i]) ^ mask[i % 4]);
    }
    return out;
}
inline std::string client_text(std::string_view payload) {
    return client_frame(0x81, payload);
}

}  // namespace gim::test
