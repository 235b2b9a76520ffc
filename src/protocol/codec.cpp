#include "protocol/codec.hpp"

#include "protocol/json_codec.hpp"
#include "protocol/proto_codec.hpp"

namespace gim::protocol {

result<inbound_frame> decode_frame(frame_kind kind, std::string_view bytes) {
    return kind == frame_kind::text ? decode_json_frame(bytes) : decode_proto_frame(bytes);
}

void encode_reply(
    wire_form form,
    std::uint32_t op,
    std::uint64_t seq,
    const result<reply>& answer,
    std::string& out
) {
    if (form == wire_form::protobuf) {
        encode_proto_reply(op, seq, answer, out);
    } else {
        encode_json_reply(form, op, seq, answer, out);
    }
}

void encode_packet(wire_form form, const packet& p, std::string& out) {
    if (form == wire_form::protobuf) {
        encode_proto_packet(p, out);
    } else {
        encode_json_packet(form, p, out);
    }
}

void encode_notice(wire_form form, const notice& n, std::string& out) {
    if (form == wire_form::protobuf) {
        encode_proto_notice(n, out);
    } else {
        encode_json_notice(form, n, out);
    }
}

}  // namespace gim::protocol
