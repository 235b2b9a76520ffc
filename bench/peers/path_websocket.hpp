#pragma once

#include "tools/client/websocket_dialect.hpp"

namespace gim::bench {

// What the floor and ws.mjs speak: the path is the room, /NAME or a user's inbox /u17, and a
// message goes as it is to all that are connected to that path; "@NAME " in front sends it to
// another room.
class path_websocket final : public client::websocket_dialect {
public:
    explicit path_websocket(const client::identity& who);

    // REQUIRES: `room` is the connection's own.
    void send_to_room(std::string_view room, std::string_view content, std::string& out) override;
    void send_to_user(std::size_t user, std::string_view content, std::string& out) override;
    bool has_answers() const override { return false; }

private:
    void on_open(std::string& out, client::dialect_events& events) override;
    void on_text_or_binary(
        std::string_view payload,
        std::string& out,
        client::dialect_events& events
    ) override;
};

}  // namespace gim::bench
