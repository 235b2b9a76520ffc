#include "peers/path_websocket.hpp"

namespace gim::bench {

path_websocket::path_websocket(const client::identity& who)
    : client::websocket_dialect(
          who.room.empty() ? "/u" + std::to_string(who.user) : "/" + who.room
      ) {}

void path_websocket::on_open(std::string&, client::dialect_events& events) {
    events.on_ready();
}

void path_websocket::on_text_or_binary(
    std::string_view payload,
    std::string&,
    client::dialect_events& events
) {
    events.on_packet(payload, 0);
}

void path_websocket::send_to_room(std::string_view, std::string_view content, std::string& out) {
    client::append_client_frame(client::websocket_opcode::text, content, out);
}

void path_websocket::send_to_user(std::size_t user, std::string_view content, std::string& out) {
    const std::string text = "@u" + std::to_string(user) + " " + std::string(content);
    client::append_client_frame(client::websocket_opcode::text, text, out);
}

}  // namespace gim::bench
