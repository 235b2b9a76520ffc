#include "peers/socket_io_dialect.hpp"

namespace gim::bench {
namespace {

// Engine.IO's packet type, then, in messages (4), Socket.IO's.
constexpr std::string_view opened = "0{";
constexpr std::string_view ping = "2";
constexpr std::string_view pong = "3";
constexpr std::string_view connect = "40";
constexpr std::string_view event = "42";
constexpr std::string_view acknowledged = "430";  // the one that "join" asks for has the id 0
constexpr std::string_view refused = "44";

std::string inbox(std::size_t user) {
    return "u" + std::to_string(user);
}

void append_text_frame(std::string_view text, std::string& out) {
    client::append_client_frame(client::websocket_opcode::text, text, out);
}

}  // namespace

socket_io_dialect::socket_io_dialect(const client::identity& who)
    : client::websocket_dialect("/socket.io/?EIO=4&transport=websocket"),
      room_(who.room.empty() ? inbox(who.user) : who.room) {}

void socket_io_dialect::on_open(std::string&, client::dialect_events&) {
    // The server speaks first.
}

void socket_io_dialect::on_text_or_binary(
    std::string_view payload,
    std::string& out,
    client::dialect_events& events
) {
    if (payload.starts_with(event)) {
        events.on_packet(payload, 0);
    } else if (payload == ping) {
        append_text_frame(pong, out);
    } else if (payload.starts_with(opened)) {
        append_text_frame(connect, out);
    } else if (payload.starts_with(connect)) {
        append_text_frame(R"(420["join",")" + room_ + "\"]", out);
    } else if (payload.starts_with(acknowledged)) {
        events.on_ready();
    } else if (payload.starts_with(refused)) {
        events.on_failure(payload.substr(0, 80));
    }
}

void socket_io_dialect::send_to_room(
    std::string_view room,
    std::string_view content,
    std::string& out
) {
    std::string text = R"(42["say",")";
    text.append(room).append(R"(",")").append(content).append("\"]");
    append_text_frame(text, out);
}

void socket_io_dialect::send_to_user(std::size_t user, std::string_view content, std::string& out) {
    send_to_room(inbox(user), content, out);
}

}  // namespace gim::bench
