#include "push/packet_forms.hpp"

#include "push/frame_packer.hpp"

namespace gim::push {

using protocol::shared_websocket_frame;

namespace {

shared_websocket_frame pack(const shared_websocket_frame& plain, frame_packer* by) {
    return by != nullptr ? by->pack(plain) : plain;
}

}  // namespace

shared_websocket_frame
encode_form(const protocol::packet& p, push_form form, frame_packer* packer) {
    auto plain =
        std::make_shared<const protocol::websocket_frame>(protocol::packet_frame(form.wire, p));
    return form.packed == packing::plain ? plain : pack(plain, packer);
}

packet_forms encode_forms(const protocol::packet& p, form_set forms, frame_packer* packer) {
    packet_forms out;
    for (const auto wire : protocol::all_wire_forms) {
        const push_form plain(wire), deflated(wire, packing::deflated);
        const bool is_packed = forms.has(deflated);
        if (!is_packed && !forms.has(plain)) {
            continue;
        }
        auto encoded = encode_form(p, plain);
        if (is_packed) {
            out[index_of(deflated)] = pack(encoded, packer);
        }
        if (forms.has(plain)) {
            out[index_of(plain)] = std::move(encoded);
        }
    }
    return out;
}

}  // namespace gim::push
