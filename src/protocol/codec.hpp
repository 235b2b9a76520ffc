#pragma once

#include "protocol/error.hpp"
#include "protocol/message.hpp"
#include "protocol/notice.hpp"
#include "protocol/opcodes.hpp"
#include "protocol/replies.hpp"
#include "protocol/requests.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// From bytes to requests, and from replies and packets to bytes. A text frame is JSON, a binary
// frame is protobuf.
namespace gim::protocol {

enum class frame_kind { text, binary };

// How a frame is written on the wire.
enum class wire_form : std::uint8_t {
    json_text,    // {"op":102,"seq":1,"body":"{\"code\":0,...}"}: the body is JSON text in a string
    json_object,  // {"op":102,"seq":1,"body":{"code":0,...}}
    protobuf,     // gim.proto's Frame
};
inline constexpr std::size_t wire_form_count = 3;
inline constexpr std::array all_wire_forms{
    wire_form::json_text,
    wire_form::json_object,
    wire_form::protobuf};

constexpr frame_kind kind_of(wire_form form) noexcept {
    return form == wire_form::protobuf ? frame_kind::binary : frame_kind::text;
}

// A frame whose envelope was understood. Its body may still be at fault.
struct inbound_frame {
    std::uint32_t op = 0;
    std::uint64_t seq = 0;  // the client's own number; 0: none given
    std::optional<wire_form>
        form;              // how the body was written; empty: there was no body (JSON only)
    result<request> body;  // 404 for an unknown op
};

// The largest `seq`, and the largest integer that JSON numbers keep exactly (RFC 8259, 6).
inline constexpr std::uint64_t max_json_integer = (std::uint64_t{1} << 53) - 1;

// An error (always 400) means that the envelope itself does not decode; it is answered with op 0.
result<inbound_frame> decode_frame(frame_kind kind, std::string_view bytes);

// The encoders append one frame's payload to `out`; what `out` holds already stays.
void encode_reply(
    wire_form form,
    std::uint32_t op,
    std::uint64_t seq,
    const result<reply>& answer,
    std::string& out
);
void encode_packet(wire_form form, const packet& p, std::string& out);
void encode_notice(wire_form form, const notice& n, std::string& out);

// The HTTP API's body: {"code":0,"msg":"","data":{...}}, the same text that a JSON reply carries.
void encode_json_answer(const result<reply>& answer, std::string& out);

// The JSON bodies of POST /v1/messages and POST /v1/messages/batch, by the same rules as op 201.
result<posted_message> decode_posted_message(std::string_view json);
result<posted_batch> decode_posted_batch(std::string_view json);

}  // namespace gim::protocol
