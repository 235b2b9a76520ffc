#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gim::test {

// A frame as a client sends it: masked (RFC 6455, 5.3). The first byte is FIN and opcode, 0x81 for
// a whole text. `declared` is the length that the header tells.
inline std::string client_header(unsigned first_byte, std::uint64_t declared) {
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
    return out + std::string(4, '\0');  // a mask that changes nothing
}

inline std::string client_frame(unsigned first_byte, std::string_view payload) {
    return client_header(first_byte, payload.size()).append(payload);
}
inline std::string client_text(std::string_view payload) {
    return client_frame(0x81, payload);
}

}  // namespace gim::test
