#pragma once

#include "tools/client/dialect.hpp"

namespace gim::client {

// A client of the HTTP API that keeps its connection and asks for pages of history. An answer with
// status 200 is an accepted one.
class http_dialect final : public dialect {
public:
    std::string open() override;
    void feed(std::string_view bytes, std::string& out, dialect_events& events) override;
    bool has_answers() const override { return true; }

    // REQUIRES: not called.
    void send_to_room(std::string_view, std::string_view, std::string&) override;
    void send_to_user(std::size_t, std::string_view, std::string&) override;

    static void ask_history(
        std::string_view session,
        std::size_t limit,
        std::string_view token,
        std::string& out
    );

private:
    std::string head_;      // of the answer that is coming, as far as it came
    std::size_t body_ = 0;  // bytes of its body that are still to come
    bool is_ok_ = false;
    bool is_ready_ = false;
    bool has_failed_ = false;
};

}  // namespace gim::client
