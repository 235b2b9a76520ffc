#pragma once

#include "dialects/gim/opcodes.hpp"
#include "model/error.hpp"
#include "model/message.hpp"
#include "model/notice.hpp"
#include "model/replies.hpp"
#include "model/requests.hpp"
#include "websocket/frame_kind.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// From bytes to requests, and from replies and packets to bytes. A text frame is JSON, a binary
// frame is protobuf.
namespace gim::native {

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

constexpr websocket::frame_kind kind_of(wire_form form) noexcept {
    return form == wire_form::protobuf ? websocket::frame_kind::binary
                                       : websocket::frame_kind::text;
}

// A frame whose envelope was understood. Its body may still be at fault.
struct inbound_frame {
    std::uint32_t op = 0;
    std::uint64_t seq = 0;  // the client's own number; 0: none given
    std::optional<wire_form>
        form;  // how the body was written; empty: there was no body (JSON only)
    model::result<model::request> body;  // 404 for an unknown op
};

// An error (always 400) means that the envelope itself does not decode; it is answered with op 0.
model::result<inbound_frame> decode_frame(websocket::frame_kind kind, std::string_view bytes);

// The encoders append one frame's payload to `out`; what `out` holds already stays.
void encode_reply(
    wire_form form,
    std::uint32_t op,
    std::uint64_t seq,
    const model::result<model::reply>& answer,
    std::string& out
);
void encode_packet(wire_form form, const model::packet& p, std::string& out);
void encode_notice(wire_form form, const model::notice& n, std::string& out);

// The HTTP API's body: {"code":0,"msg":"","data":{...}}, the same text that a JSON reply carries.
void encode_json_answer(const model::result<model::reply>& answer, std::string& out);

// The JSON bodies of POST /v1/messages and POST /v1/messages/batch, by the same rules as op 201.
model::result<model::posted_message> decode_posted_message(std::string_view json);
model::result<model::posted_batch> decode_posted_batch(std::string_view json);

}  // namespace gim::native
