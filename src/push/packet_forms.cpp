#include "push/packet_forms.hpp"

namespace gim::push {

protocol::shared_websocket_frame encode_form(const protocol::packet& p, protocol::wire_form form) {
    return std::make_shared<const protocol::websocket_frame>(protocol::packet_frame(form, p));
}

packet_forms encode_forms(const protocol::packet& p, form_set forms) {
    packet_forms out;
    for (const auto form : protocol::all_wire_forms) {
        if (forms.has(form)) {
            out[static_cast<std::size_t>(form)] = encode_form(p, form);
        }
    }
    return out;
}

}  // namespace gim::push
