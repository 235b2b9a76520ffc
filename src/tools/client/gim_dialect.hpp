#pragma once

#include "tools/client/gim_codec.hpp"
#include "tools/client/websocket_dialect.hpp"

namespace gim::client {

// A client of gim: logs in as "u<user>", joins its room if it has one, and then sends.
class gim_dialect final : public websocket_dialect {
public:
    gim_dialect(const identity& who, gim_form form);

    void send_to_room(std::string_view room, std::string_view content, std::string& out) override;
    void send_to_user(std::size_t user, std::string_view content, std::string& out) override;
    bool has_answers() const override { return true; }

    // Asks for the newest messages (op 203). It is answered like a message: the answers of a
    // connection come in the order of what was sent and asked.
    void ask_history(std::string_view session, std::size_t limit, std::string& out);
    // For the HTTP API. Empty before the login.
    const std::string& token() const noexcept { return token_; }

private:
    void on_open(std::string& out, dialect_events& events) override;
    void on_text_or_binary(std::string_view payload, std::string& out, dialect_events& events)
        override;
    void on_reply(const gim_frame& reply, std::string& out, dialect_events& events);
    void append(std::string& out) const;

    const gim_codec& codec_;
    const identity who_;
    std::string request_;  // only to keep its memory
    std::string token_;
};

}  // namespace gim::client
