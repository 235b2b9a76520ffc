#pragma once

#include "tools/client/dialect.hpp"

namespace gim::bench {

// MQTT 3.1.1 with QoS 0: the topic r/NAME is a room, u/17 a user's inbox.
class mqtt_dialect final : public client::dialect {
public:
    explicit mqtt_dialect(const client::identity& who);

    std::string open() override;
    void feed(std::string_view bytes, std::string& out, client::dialect_events& events) override;
    void send_to_room(std::string_view room, std::string_view content, std::string& out) override;
    void send_to_user(std::size_t user, std::string_view content, std::string& out) override;
    bool has_answers() const override { return false; }

private:
    // Takes one packet off the front; returns its length, 0 if it is not whole or is an error.
    std::size_t take(std::string_view bytes, std::string& out, client::dialect_events& events);
    // Empty, or what is wrong.
    std::string_view on_packet(
        unsigned char head,
        std::string_view body,
        std::string& out,
        client::dialect_events& events
    );

    const std::string client_id_;
    const std::string topic_;  // received
    std::string cut_;          // the begin of a packet whose rest has not come
    bool has_failed_ = false;
};

}  // namespace gim::bench
