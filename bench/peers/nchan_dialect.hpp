#pragma once

#include "tools/client/websocket_dialect.hpp"

namespace gim::bench {

// nginx with nchan, as nginx.conf.in sets it up. A channel is fixed by the path, for receiving and
// for sending: /NAME for a room; /u6/u7 receives what is sent to user 6 and sends to user 7, so
// users write to each other in pairs of neighbours, as they do in the scenario `private`.
class nchan_dialect final : public client::websocket_dialect {
public:
    explicit nchan_dialect(const client::identity& who);

    // REQUIRES: `room` is the connection's own.
    void send_to_room(std::string_view room, std::string_view content, std::string& out) override;
    // REQUIRES: `user` is the neighbour.
    void send_to_user(std::size_t user, std::string_view content, std::string& out) override;
    bool has_answers() const override { return false; }

private:
    void on_open(std::string& out, client::dialect_events& events) override;
    void on_text_or_binary(
        std::string_view payload,
        std::string& out,
        client::dialect_events& events
    ) override;

    const std::size_t neighbour_;
};

}  // namespace gim::bench
