#pragma once

#include "tools/client/dialect.hpp"
#include "tools/client/websocket_frames.hpp"

namespace gim::client {

// What the dialects over WebSocket share: the upgrade, frames, pings and the close.
class websocket_dialect : public dialect, private websocket_frames::receiver {
public:
    // REQUIRES: `path` begins with '/' and needs no encoding.
    explicit websocket_dialect(std::string path) : path_(std::move(path)) {}

    std::string open() final;
    void feed(std::string_view bytes, std::string& out, dialect_events& events) final;

protected:
    // The upgrade was accepted: appends what to send next.
    virtual void on_open(std::string& out, dialect_events& events) = 0;
    // A text or binary message.
    virtual void
    on_text_or_binary(std::string_view payload, std::string& out, dialect_events& events) = 0;

private:
    void on_message(websocket_opcode kind, std::string_view payload) final;
    void on_close(std::string_view payload);
    // Takes the answer to the upgrade off the front of `bytes`; false: it is not whole yet, or no.
    bool take_upgrade(std::string_view& bytes, dialect_events& events);

    const std::string path_;
    std::string head_;  // of the answer to the upgrade, as far as it came
    bool is_open_ = false;
    bool has_failed_ = false;
    websocket_frames frames_;
    // Those of the feed() that runs.
    std::string* out_ = nullptr;
    dialect_events* events_ = nullptr;
};

}  // namespace gim::client
