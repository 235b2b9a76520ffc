#include "gateway/frame_meter.hpp"

#include <algorithm>

namespace gim::gateway {
namespace {

// Bytes of a header, from its first two.
std::size_t header_size(const std::uint8_t* header) noexcept {
    const auto length = header[1] & 0x7f;
    const std::size_t extended = length == 127 ? 8 : length == 126 ? 2 : 0;
    const std::size_t mask = (header[1] & 0x80) != 0 ? 4 : 0;
    return 2 + extended + mask;
}

}  // namespace

bool frame_meter::feed(std::string_view bytes) noexcept {
    while (!bytes.empty()) {
        if (payload_left_ > 0) {
            const auto n =
                static_cast<std::size_t>(std::min<std::uint64_t>(payload_left_, bytes.size()));
            bytes.remove_prefix(n);
            payload_left_ -= n;
            if (payload_left_ == 0) {
                frame_complete();
            }
            continue;
        }
        header_[header_read_++] = static_cast<std::uint8_t>(bytes.front());
        bytes.remove_prefix(1);
        if (header_read_ >= 2 && header_read_ == header_size(header_)) {
            if (!header_complete()) {
                return false;
            }
        }
    }
    return true;
}

bool frame_meter::header_complete() noexcept {
    is_final_ = (header_[0] & 0x80) != 0;
    is_control_ = (header_[0] & 0x08) != 0;
    payload_left_ = header_[1] & 0x7f;
    if (payload_left_ >= 126) {
        const std::size_t extended = payload_left_ == 127 ? 8 : 2;
        payload_left_ = 0;
        for (std::size_t i = 0; i < extended; ++i) {
            payload_left_ = payload_left_ << 8 | header_[2 + i];
        }
    }
    header_read_ = 0;
    if (!is_control_) {
        ++frames_;
    }
    if (frames_ > max_frames_) {
        return false;
    }
    if (payload_left_ == 0) {
        frame_complete();
    }
    return true;
}

void frame_meter::frame_complete() noexcept {
    if (!is_control_ && is_final_) {
        frames_ = 0;
    }
    if (frames_ == 0) {
        ++completed_;
    }
}

}  // namespace gim::gateway
