#pragma once

#include "websocket/deflater.hpp"
#include "websocket/websocket_frame.hpp"

#include <cstddef>
#include <functional>
#include <optional>

namespace gim::push {

// Compresses frames, for those of a worker's connections that agreed on it: each frame that is long
// enough and becomes shorter, once for all who are sent it.
//
// Threads: one worker's.
class frame_packer {
public:
    // `packed` hears of every frame that was compressed, and how many bytes that saved.
    using frame_packed = std::function<void(std::size_t saved)>;

    frame_packer(websocket::deflate_options options, frame_packed packed);
    frame_packer(const frame_packer&) = delete;
    frame_packer& operator=(const frame_packer&) = delete;

    // Empty: the frame is best sent as it is.
    std::optional<websocket::websocket_frame> pack(const websocket::websocket_frame& plain);

private:
    const std::size_t threshold_;
    const frame_packed packed_;
    websocket::deflater deflating_;
};

}  // namespace gim::push
