#pragma once

#include "tools/client/dialect.hpp"

namespace gim::bench {

// NATS, core messages only: the subject r.NAME is a room, u.17 a user's inbox.
class nats_dialect final : public client::dialect {
public:
    explicit nats_dialect(const client::identity& who);

    std::string open() override;
    void feed(std::string_view bytes, std::string& out, client::dialect_events& events) override;
    void send_to_room(std::string_view room, std::string_view content, std::string& out) override;
    void send_to_user(std::size_t user, std::string_view content, std::string& out) override;
    bool has_answers() const override { return false; }

private:
    // Takes one operation off the front; returns its length, 0 if it is not whole or is an error.
    std::size_t take(std::string_view bytes, std::string& out, client::dialect_events& events);

    const std::string subject_;  // received
    std::string cut_;            // the begin of an operation whose rest has not come
    bool is_ready_ = false;
    bool has_failed_ = false;
};

}  // namespace gim::bench
