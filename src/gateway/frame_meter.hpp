#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gim::gateway {

// Follows the bytes of a client from frame header to frame header (RFC 6455, 5.2), over the
// payloads.
//
// Problem: Beast neither counts the frames of a message, so that empty continuation frames may come
// for ever, nor tells when a message has begun, so that one may take for ever. Sans-io; what is not
// a valid frame is left for Beast to refuse.
class frame_meter {
public:
    explicit frame_meter(std::size_t max_frames) : max_frames_(max_frames) {}

    // Returns false if a message has more frames than allowed; the connection is to be failed.
    bool feed(std::string_view bytes) noexcept;

    // True from a message's (or a control frame's) first byte to its last.
    bool is_in_message() const noexcept {
        return header_read_ > 0 || payload_left_ > 0 || frames_ > 0;
    }

    // How many messages (and control frames between them) have ended so far.
    std::uint64_t completed() const noexcept { return completed_; }

private:
    bool header_complete() noexcept;  // false: too many frames
    void frame_complete() noexcept;

    const std::size_t max_frames_;
    std::size_t frames_ = 0;  // of the message that is being read, so far
    std::uint64_t completed_ = 0;
    bool is_control_ = false;
    bool is_final_ = false;
    std::uint8_t header_[14] = {};
    std::size_t header_read_ = 0;
    std::uint64_t payload_left_ = 0;
};

}  // namespace gim::gateway
