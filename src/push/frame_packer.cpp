#include "push/frame_packer.hpp"

#include <utility>

namespace gim::push {

frame_packer::frame_packer(websocket::deflate_options options, frame_packed packed)
    : threshold_(options.threshold), packed_(std::move(packed)), deflating_(options.window_bits) {}

std::optional<websocket::websocket_frame> frame_packer::pack(const websocket::websocket_frame& plain
) {
    if (plain.payload().size() < threshold_) {
        return std::nullopt;
    }
    auto shorter = plain.deflated(deflating_);
    if (shorter) {
        packed_(plain.bytes().size() - shorter->bytes().size());
    }
    return shorter;
}

}  // namespace gim::push
