#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gim::test {

// A frame as a server sends it: whole messages, not masked (RFC 6455, 5.2).
struct server_frame {
    unsigned opcode = 0;  // 1 text, 2 binary, 8 close, 9 ping, 10 pong
    std::string payload;
    unsigned flags = 0x8;  // FIN is 8, then RSV1 to RSV3

    // REQUIRES: a close frame with a code.
    unsigned close_code() const {
        return static_cast<unsigned>(static_cast<unsigned char>(payload.at(0))) << 8 |
               static_cast<unsigned char>(payload.at(1));
    }
};

// Takes the first frame off `bytes`; empty if it is not whole yet.
inline std::optional<server_frame> take_frame(std::string& bytes) {
    const auto at = [&](std::size_t i) {
        return std::size_t{static_cast<unsigned char>(bytes[i])};
    };
    if (bytes.size() < 2) {
        return std::nullopt;
    }
    std::size_t length = at(1);
    const std::size_t extended = length == 127 ? 8 : length == 126 ? 2 : 0;
    if (bytes.size() < 2 + extended) {
        return std::nullopt;
    }
    if (extended > 0) {
        length = 0;
        for (std::size_t i = 0; i < extended; ++i) {
            length = length << 8 | at(2 + i);
        }
    }
    const std::size_t header = 2 + extended;
    if (bytes.size() < header + length) {
        return std::nullopt;
    }
    server_frame f{
        static_cast<unsigned>(at(0) & 0x0f),
        bytes.substr(header, length),
        static_cast<unsigned>(at(0) >> 4)};
    bytes.erase(0, header + length);
    return f;
}

}  // namespace gim::test
