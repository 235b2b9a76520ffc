#include "websocket/websocket_reader.hpp"

#include "websocket/websocket_opcode.hpp"

#include <algorithm>

namespace gim::websocket {

namespace {

constexpr std::uint8_t reserved_bits = 0x70;  // the first is RSV1
constexpr std::uint8_t opcode_bits = 0x0f;
constexpr std::uint8_t control_bit = 0x08;
constexpr std::uint8_t mask_bit = 0x80;
constexpr std::uint8_t length_bits = 0x7f;

bool is_known(std::uint8_t opcode) noexcept {
    return opcode <= static_cast<std::uint8_t>(websocket_opcode::binary) ||
           (opcode >= static_cast<std::uint8_t>(websocket_opcode::close) &&
            opcode <= static_cast<std::uint8_t>(websocket_opcode::pong));
}

// RSV1 alone, at a message's first frame (RFC 7692, 6).
bool is_begin_of_deflated(std::uint8_t first) noexcept {
    const auto opcode = static_cast<websocket_opcode>(first & opcode_bits);
    return (first & reserved_bits) == websocket_deflated_bit &&
           (opcode == websocket_opcode::text || opcode == websocket_opcode::binary);
}

// RFC 6455, 7.4, and what IANA has registered since. 1005, 1006 and 1015 are never sent.
bool may_be_sent(std::uint16_t code) noexcept {
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
           (code >= 3000 && code <= 4999);
}

}  // namespace

struct websocket_reader::header {
    websocket_opcode opcode;
    bool is_final;
    bool is_deflated;
    std::size_t size;  // of the header
    std::uint64_t length;
};

std::optional<websocket_event> websocket_reader::next(inflater* inflating) {
    for (;;) {
        if (is_over_) {
            return std::nullopt;
        }
        const auto before = buffer_.size();
        auto event = is_in_payload_ ? take_payload(inflating) : take_header(inflating);
        if (event || buffer_.size() == before) {
            return event;
        }
    }
}

std::optional<websocket_event> websocket_reader::take_header(inflater* inflating) {
    const auto come = buffer_.size();
    if (come < 2) {
        return std::nullopt;
    }
    const auto first = byte(0);
    const auto second = byte(1);
    const auto reserved = static_cast<std::uint8_t>(first & reserved_bits);
    if (reserved != 0 && !(inflating != nullptr && is_begin_of_deflated(first))) {
        return failure(close_code::protocol_error, "a reserved bit is set");
    }
    if (!is_known(first & opcode_bits)) {
        return failure(close_code::protocol_error, "unknown opcode");
    }
    if ((second & mask_bit) == 0) {
        return failure(close_code::protocol_error, "a frame without a mask");
    }
    header h{
        static_cast<websocket_opcode>(first & opcode_bits),
        (first & websocket_final_bit) != 0,
        reserved != 0,
        2,
        static_cast<std::uint64_t>(second & length_bits)};
    const bool is_control = (first & control_bit) != 0;
    if (is_control && !h.is_final) {
        return failure(close_code::protocol_error, "a control frame in fragments");
    }
    if (is_control && h.length > max_control_payload) {
        return failure(close_code::protocol_error, "a control frame of more than 125 bytes");
    }
    if (h.length >= length_in_16_bits) {
        const std::size_t bytes = h.length == length_in_16_bits ? 2 : 8;
        const std::uint64_t shorter = bytes == 2 ? max_control_payload : 0xffff;
        h.size += bytes;
        if (come < h.size) {
            return std::nullopt;
        }
        h.length = 0;
        for (std::size_t i = 0; i < bytes; ++i) {
            h.length = h.length << 8 | byte(2 + i);
        }
        if (h.length <= shorter || h.length >> 63 != 0) {
            return failure(close_code::protocol_error, "a bad length");
        }
    }
    return is_control ? take_control(h) : begin_frame(h, inflating);
}

std::optional<websocket_event> websocket_reader::begin_frame(const header& h, inflater* inflating) {
    const bool continues = h.opcode == websocket_opcode::continuation;
    if (continues != is_joining()) {
        return failure(
            close_code::protocol_error,
            continues ? "a continuation of nothing" : "a message inside another"
        );
    }
    if (frames_ >= most_.message_frames) {
        return failure(close_code::policy_error, "too many frames in a message");
    }
    const std::size_t joined = is_joining() ? buffer_.message_size() : 0;
    if (h.length > most_.message_bytes || joined > most_.message_bytes - h.length) {
        return failure(close_code::too_big, "message too long");
    }
    if (buffer_.size() < h.size + websocket_mask::size) {
        return std::nullopt;
    }
    mask_ = websocket_mask(buffer_.next() + h.size);
    buffer_.skip(h.size + websocket_mask::size);
    if (!continues) {
        buffer_.begin_message();
        is_text_ = h.opcode == websocket_opcode::text;
        is_deflated_ = h.is_deflated;
    }
    ++frames_;
    is_last_frame_ = h.is_final;
    is_in_payload_ = true;
    payload_left_ = static_cast<std::size_t>(h.length);
    return payload_left_ == 0 ? take_payload(inflating) : std::nullopt;
}

std::optional<websocket_event> websocket_reader::take_payload(inflater* inflating) {
    const auto piece = unmask(std::min(payload_left_, buffer_.size()));
    if (is_text_ && !is_deflated_ && !utf8_.feed(piece)) {
        return failure(close_code::not_utf8, "text that is not UTF-8");
    }
    buffer_.join(piece.size());
    payload_left_ -= piece.size();
    if (payload_left_ > 0) {
        return std::nullopt;
    }
    is_in_payload_ = false;
    if (!is_last_frame_) {
        return std::nullopt;
    }
    frames_ = 0;
    if (is_deflated_) {
        if (const auto wrong = inflate_message(*inflating)) {
            return wrong;
        }
    }
    if (!utf8_.is_complete()) {
        return failure(close_code::not_utf8, "text that ends inside a character");
    }
    return websocket_event{
        is_text_ ? websocket_event::kind::text : websocket_event::kind::binary, buffer_.message()};
}

std::optional<websocket_event> websocket_reader::inflate_message(inflater& by) {
    auto wrong = take_inflated(by);
    by.rest();
    return wrong;
}

std::optional<websocket_event> websocket_reader::take_inflated(inflater& by) {
    switch (by.inflate(buffer_.message(), most_.message_bytes)) {
        case inflater::outcome::broken:
            return failure(close_code::not_utf8, "not DEFLATE");
        case inflater::outcome::too_long:
            return failure(close_code::too_big, "message too long");
        case inflater::outcome::whole:
            break;
    }
    if (is_text_ && !utf8_.feed(by.bytes())) {
        return failure(close_code::not_utf8, "text that is not UTF-8");
    }
    buffer_.replace_message(by.bytes());
    return std::nullopt;
}

std::optional<websocket_event> websocket_reader::take_control(const header& h) {
    const auto length = static_cast<std::size_t>(h.length);
    if (buffer_.size() < h.size + websocket_mask::size + length) {
        return std::nullopt;
    }
    // The mask of the data frames is not in use: between two of them is where this frame stands.
    mask_ = websocket_mask(buffer_.next() + h.size);
    buffer_.skip(h.size + websocket_mask::size);
    const auto payload = unmask(length);
    buffer_.skip(length);
    switch (h.opcode) {
        case websocket_opcode::ping:
            return websocket_event{websocket_event::kind::ping, payload};
        case websocket_opcode::pong:
            return websocket_event{websocket_event::kind::pong, payload};
        default:
            return take_close(payload);
    }
}

// RFC 6455, 5.5.1: nothing, or a code and a reason in UTF-8.
std::optional<websocket_event> websocket_reader::take_close(std::string_view payload) {
    websocket_event event{
        websocket_event::kind::close, {}, static_cast<std::uint16_t>(close_code::normal)};
    if (payload.size() == 1) {
        return failure(close_code::protocol_error, "half a close code");
    }
    if (!payload.empty()) {
        event.code = static_cast<std::uint16_t>(
            static_cast<std::uint8_t>(payload[0]) << 8 | static_cast<std::uint8_t>(payload[1])
        );
        event.payload = payload.substr(2);
        if (!may_be_sent(event.code)) {
            return failure(close_code::protocol_error, "a close code that must not be sent");
        }
        if (!base::is_utf8(event.payload)) {
            return failure(close_code::protocol_error, "a close reason that is not UTF-8");
        }
    }
    is_over_ = true;
    return event;
}

websocket_event websocket_reader::failure(close_code code, std::string_view why) noexcept {
    is_over_ = true;
    return {websocket_event::kind::failure, why, static_cast<std::uint16_t>(code)};
}

void websocket_reader::abandon() noexcept {
    is_over_ = true;
    frames_ = 0;
    payload_left_ = 0;
    buffer_.release();
}

std::string_view websocket_reader::unmask(std::size_t size) noexcept {
    mask_.apply(buffer_.next(), size);
    return {buffer_.next(), size};
}

std::span<char> websocket_reader::space() {
    if (!is_joining()) {
        buffer_.begin_message();
    }
    return buffer_.space(payload_left_);
}

}  // namespace gim::websocket
