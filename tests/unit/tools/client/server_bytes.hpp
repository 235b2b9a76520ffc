#pragma once

#include "tools/client/websocket_frames.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gim::client {

// One frame as a server sends it. `first` is the byte with the final bit and the opcode.
inline std::string server_frame(unsigned first, std::string_view payload) {
    std::string out(1, static_cast<char>(first));
    std::size_t length_bytes = 0;
    if (payload.size() > 0xffff) {
        length_bytes = 8;
        out += static_cast<char>(127);
    } else if (payload.size() > 125) {
        length_bytes = 2;
        out += static_cast<char>(126);
    } else {
        out += static_cast<char>(payload.size());
    }
    for (std::size_t i = length_bytes; i-- > 0;) {
        out += static_cast<char>(payload.size() >> (8 * i) & 0xff);
    }
    return out.append(payload);
}

inline std::string text_frame(std::string_view payload) {
    return server_frame(0x81, payload);
}

inline std::string upgrade_answer() {
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
}

// All ways to cut the bytes in two, and the one with every byte by itself.
inline std::vector<std::vector<std::string_view>> all_cuts(std::string_view bytes) {
    std::vector<std::vector<std::string_view>> cuts;
    for (std::size_t at = 0; at <= bytes.size(); ++at) {
        cuts.push_back({bytes.substr(0, at), bytes.substr(at)});
    }
    cuts.emplace_back();
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        cuts.back().push_back(bytes.substr(at, 1));
    }
    return cuts;
}

}  // namespace gim::client
