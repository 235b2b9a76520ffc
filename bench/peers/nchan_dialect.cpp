#include "peers/nchan_dialect.hpp"

#include <cassert>

namespace gim::bench {
namespace {

std::string path_of(const client::identity& who, std::size_t neighbour) {
    if (!who.room.empty()) {
        return "/" + who.room;
    }
    return "/u" + std::to_string(who.user) + "/u" + std::to_string(neighbour);
}

void append_text_frame(std::string_view text, std::string& out) {
    client::append_client_frame(client::websocket_opcode::text, text, out);
}

}  // namespace

nchan_dialect::nchan_dialect(const client::identity& who)
    : client::websocket_dialect(path_of(who, who.user ^ 1)), neighbour_(who.user ^ 1) {}

void nchan_dialect::on_open(std::string&, client::dialect_events& events) {
    events.on_ready();
}

void nchan_dialect::on_text_or_binary(
    std::string_view payload,
    std::string&,
    client::dialect_events& events
) {
    events.on_packet(payload, 0);
}

void nchan_dialect::send_to_room(std::string_view, std::string_view content, std::string& out) {
    append_text_frame(content, out);
}

void nchan_dialect::send_to_user(
    [[maybe_unused]] std::size_t user,
    std::string_view content,
    std::string& out
) {
    assert(user == neighbour_);
    append_text_frame(content, out);
}

}  // namespace gim::bench
