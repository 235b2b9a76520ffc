#include "tools/client/websocket_frames.hpp"

#include <algorithm>

namespace gim::client {

namespace {

using websocket::length_in_16_bits;
using websocket::length_in_64_bits;

constexpr std::uint8_t reserved_bits = 0x70;
constexpr std::uint8_t mask_bit = 0x80;

constexpr bool is_control(websocket_opcode opcode) noexcept {
    return (static_cast<std::uint8_t>(opcode) & 0x8) != 0;
}

std::uint64_t big_endian(std::string_view bytes) noexcept {
    std::uint64_t value = 0;
    for (const char c : bytes) {
        value = value << 8 | static_cast<unsigned char>(c);
    }
    return value;
}

}  // namespace

websocket_frames::header websocket_frames::read_header(std::string_view bytes) noexcept {
    header h;
    if (bytes.size() < 2) {
        return h;
    }
    const auto first = static_cast<std::uint8_t>(bytes[0]);
    const auto second = static_cast<std::uint8_t>(bytes[1]);
    h.is_final = (first & websocket::websocket_final_bit) != 0;
    h.opcode = static_cast<websocket_opcode>(first & 0xf);
    if ((first & reserved_bits) != 0) {
        h.wrong = "a frame with reserved bits";
    } else if ((second & mask_bit) != 0) {
        h.wrong = "a masked frame from a server";
    }
    std::size_t length_bytes = 0;
    h.payload = second & 0x7f;
    if (h.payload == length_in_16_bits) {
        length_bytes = 2;
    } else if (h.payload == length_in_64_bits) {
        length_bytes = 8;
    }
    if (bytes.size() < 2 + length_bytes) {
        return h;
    }
    h.bytes = 2 + length_bytes;
    if (length_bytes > 0) {
        h.payload = big_endian(bytes.substr(2, length_bytes));
    }
    if (h.payload > max_message_bytes) {
        h.wrong = "a frame that is too long";
    }
    return h;
}

std::string_view
websocket_frames::on_frame(const header& h, std::string_view payload, receiver& to) {
    if (is_control(h.opcode)) {
        to.on_message(h.opcode, payload);
        return {};
    }
    const bool goes_on = fragmented_ != websocket_opcode::continuation;
    if (goes_on != (h.opcode == websocket_opcode::continuation)) {
        return "a fragment out of place";
    }
    if (h.is_final && !goes_on) {  // as nearly all are: nothing is copied
        to.on_message(h.opcode, payload);
        return {};
    }
    if (!goes_on) {
        fragmented_ = h.opcode;
    }
    if (fragments_.size() + payload.size() > max_message_bytes) {
        return "a message that is too long";
    }
    fragments_ += payload;
    if (h.is_final) {
        to.on_message(fragmented_, fragments_);
        fragments_.clear();
        fragmented_ = websocket_opcode::continuation;
    }
    return {};
}

std::string_view websocket_frames::feed(std::string_view bytes, receiver& to) {
    // At the head of the loop `bytes` follows directly on `cut_`, which holds one frame at most.
    for (;;) {
        const bool is_cut = !cut_.empty();
        const std::string_view at = is_cut ? cut_ : bytes;
        if (at.empty()) {
            return {};
        }
        const header h = read_header(at);
        if (!h.wrong.empty()) {
            return h.wrong;
        }
        const std::size_t whole = h.bytes + h.payload;
        if (h.bytes > 0 && at.size() >= whole) {
            const auto wrong = on_frame(h, at.substr(h.bytes, h.payload), to);
            if (!wrong.empty()) {
                return wrong;
            }
            if (is_cut) {
                cut_.clear();
            } else {
                bytes.remove_prefix(whole);
            }
            continue;
        }
        if (bytes.empty()) {
            return {};
        }
        // Byte by byte until the header is whole, then no more than the frame lacks.
        std::size_t taken = bytes.size();
        if (is_cut) {
            taken = std::min(taken, h.bytes > 0 ? whole - cut_.size() : 1);
        }
        cut_.append(bytes.substr(0, taken));
        bytes.remove_prefix(taken);
    }
}

void append_client_frame(websocket_opcode opcode, std::string_view payload, std::string& out) {
    const std::size_t length = payload.size();
    std::size_t length_bytes = 0;
    std::size_t short_length = length;
    if (length > 0xffff) {
        length_bytes = 8;
        short_length = length_in_64_bits;
    } else if (length >= length_in_16_bits) {
        length_bytes = 2;
        short_length = length_in_16_bits;
    }
    out += static_cast<char>(websocket::websocket_final_bit | static_cast<std::uint8_t>(opcode));
    out += static_cast<char>(mask_bit | short_length);
    for (std::size_t i = length_bytes; i-- > 0;) {
        out += static_cast<char>(length >> (8 * i) & 0xff);
    }
    out.append(4, '\0');  // the key
    out += payload;
}

}  // namespace gim::client
