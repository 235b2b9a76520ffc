#pragma once

#include "tools/client/websocket_dialect.hpp"

namespace gim::bench {

// Socket.IO 4 over Engine.IO's WebSocket transport, with the events of socket_io.mjs: "join" a
// room, with an acknowledgement; "say" to a room; "m", a message. A user's inbox is a room, u17.
class socket_io_dialect final : public client::websocket_dialect {
public:
    explicit socket_io_dialect(const client::identity& who);

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

    const std::string room_;  // received
};

}  // namespace gim::bench
