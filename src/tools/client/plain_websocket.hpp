#pragma once

#include "tools/client/websocket_dialect.hpp"

namespace gim::client {

// A WebSocket server that fans out what it gets: the path is the room, and every message goes as it
// is to all that are connected to that path, its sender included. No login, no answers, no users.
class plain_websocket final : public websocket_dialect {
public:
    explicit plain_websocket(const identity& who) : websocket_dialect('/' + who.room) {}

    // REQUIRES: `room` is the connection's own.
    void send_to_room(std::string_view room, std::string_view content, std::string& out) override;
    // REQUIRES: not called; run() refuses the scenarios that would.
    void send_to_user(std::size_t user, std::string_view content, std::string& out) override;
    bool has_answers() const override { return false; }

private:
    void on_open(std::string& out, dialect_events& events) override;
    void on_text_or_binary(std::string_view payload, std::string& out, dialect_events& events)
        override;
};

}  // namespace gim::client
