#include "dialects/gim/websocket_frames.hpp"

#include <string>
#include <utility>

namespace gim::native {

using websocket::websocket_frame;

websocket_frame reply_frame(
    wire_form form,
    std::uint32_t op,
    std::uint64_t seq,
    const model::result<model::reply>& answer
) {
    auto payload = websocket_frame::with_room();
    encode_reply(form, op, seq, answer, payload);
    return websocket_frame::seal(kind_of(form), std::move(payload));
}

websocket_frame packet_frame(wire_form form, const model::packet& p) {
    auto payload = websocket_frame::with_room();
    encode_packet(form, p, payload);
    return websocket_frame::seal(kind_of(form), std::move(payload));
}

websocket_frame notice_frame(wire_form form, const model::notice& n) {
    auto payload = websocket_frame::with_room();
    encode_notice(form, n, payload);
    return websocket_frame::seal(kind_of(form), std::move(payload));
}

}  // namespace gim::native
