#pragma once

#include "base/utf8_check.hpp"
#include "websocket/close_code.hpp"
#include "websocket/inflater.hpp"
#include "websocket/receive_buffer.hpp"
#include "websocket/websocket_mask.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace gim::websocket {

// What a client has said, whole.
struct websocket_event {
    enum class kind : std::uint8_t { text, binary, ping, pong, close, failure };

    kind what;
    // A message; what a ping or pong carries; the reason of a close or failure.
    std::string_view payload;
    // Of a close: the peer's, normal if it gave none. Of a failure: what the peer is to be told.
    std::uint16_t code = 0;
};

// Reads the frames of a client, strictly (RFC 6455, 5). Sans-io: it is fed bytes and gives events.
// A message that came in one frame is unmasked where it lies; fragments are joined.
//
// A frame is refused at its header, and text at the first byte that is not UTF-8. A compressed
// message (RFC 7692) is collected, decompressed when it is whole, and checked then. How the bytes
// were split never changes the events.
class websocket_reader {
public:
    struct limits {
        // More: 1009, before the payload comes. Of a compressed message both sizes count.
        std::size_t message_bytes;
        std::size_t message_frames;  // more: 1008
    };

    explicit websocket_reader(limits most) : most_(most) {}
    websocket_reader(const websocket_reader&) = delete;
    websocket_reader& operator=(const websocket_reader&) = delete;

    void set_message_limit(std::size_t bytes) noexcept { most_.message_bytes = bytes; }

    // Where the next bytes are to be read to; never empty.
    std::span<char> space();
    // REQUIRES: so many bytes were written to the front of space().
    void commit(std::size_t bytes) noexcept { buffer_.commit(bytes); }

    // The next event, if it has come whole; none after a close or a failure. The payload is valid
    // until the next call of next() or space(). `inflating`: what decompresses, the same or as good
    // a one at every call; null: compression was not agreed on.
    std::optional<websocket_event> next(inflater* inflating = nullptr);
    // Drops what has come and gives its memory back; next() has no more events.
    void abandon() noexcept;
    // Whether the message that next() gave last was compressed.
    bool was_deflated() const noexcept { return is_deflated_; }

    // True from the first byte of a message or control frame to its last.
    bool is_in_message() const noexcept { return is_joining() || buffer_.size() > 0; }
    // True from the header of a message's first frame to the end of its last frame.
    bool is_joining() const noexcept { return frames_ > 0; }

    // Memory held beyond the object itself.
    std::size_t extra_bytes() const noexcept { return buffer_.extra_bytes(); }

private:
    struct header;

    std::optional<websocket_event> take_header(inflater* inflating);
    std::optional<websocket_event> take_control(const header& h);
    std::optional<websocket_event> take_close(std::string_view payload);
    std::optional<websocket_event> begin_frame(const header& h, inflater* inflating);
    std::optional<websocket_event> take_payload(inflater* inflating);
    // Puts what the message was before it was compressed in its place; or what is wrong with it.
    std::optional<websocket_event> inflate_message(inflater& by);
    std::optional<websocket_event> take_inflated(inflater& by);
    websocket_event failure(close_code code, std::string_view why) noexcept;

    std::string_view unmask(std::size_t size) noexcept;
    std::uint8_t byte(std::size_t i) noexcept {
        return static_cast<std::uint8_t>(buffer_.next()[i]);
    }

    limits most_;
    std::size_t frames_ = 0;        // of the message in hand, so far
    std::size_t payload_left_ = 0;  // of the frame in hand
    websocket_mask mask_;
    base::utf8_check utf8_;
    bool is_text_ = false;
    bool is_last_frame_ = false;
    bool is_in_payload_ = false;
    bool is_over_ = false;
    bool is_deflated_ = false;
    receive_buffer buffer_;
};

}  // namespace gim::websocket
