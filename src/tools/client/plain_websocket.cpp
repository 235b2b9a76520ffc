#include "tools/client/plain_websocket.hpp"

#include <cassert>

namespace gim::client {

void plain_websocket::send_to_room(std::string_view, std::string_view content, std::string& out) {
    append_client_frame(websocket_opcode::text, content, out);
}

void plain_websocket::send_to_user(std::size_t, std::string_view, std::string&) {
    assert(false);
}

void plain_websocket::on_open(std::string&, dialect_events& events) {
    events.on_ready();
}

void plain_websocket::on_text_or_binary(
    std::string_view payload,
    std::string&,
    dialect_events& events
) {
    events.on_packet(payload, 0);
}

}  // namespace gim::client
