#include "dialects/gim/codec.hpp"

#include "dialects/gim/json_codec.hpp"
#include "dialects/gim/proto_codec.hpp"

namespace gim::native {

model::result<inbound_frame> decode_frame(websocket::frame_kind kind, std::string_view bytes) {
    return kind == websocket::frame_kind::text ? decode_json_frame(bytes)
                                               : decode_proto_frame(bytes);
}

void encode_reply(
    wire_form form,
    std::uint32_t op,
    std::uint64_t seq,
    const model::result<model::reply>& answer,
    std::string& out
) {
    if (form == wire_form::protobuf) {
        encode_proto_reply(op, seq, answer, out);
    } else {
        encode_json_reply(form, op, seq, answer, out);
    }
}

void encode_packet(wire_form form, const model::packet& p, std::string& out) {
    if (form == wire_form::protobuf) {
        encode_proto_packet(p, out);
    } else {
        encode_json_packet(form, p, out);
    }
}

void encode_notice(wire_form form, const model::notice& n, std::string& out) {
    if (form == wire_form::protobuf) {
        encode_proto_notice(n, out);
    } else {
        encode_json_notice(form, n, out);
    }
}

}  // namespace gim::native
