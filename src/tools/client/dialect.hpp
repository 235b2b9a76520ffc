#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace gim::client {

// Who a connection is: chosen by the scenario, the same for every dialect.
struct identity {
    std::size_t user = 0;  // unique in the run: "u17"
    std::string room;      // what it receives; empty: only what is sent to the user
};

// What a dialect found in the bytes that it was fed.
class dialect_events {
public:
    // The connection is set up: logged in, joined, subscribed. Once.
    virtual void on_ready() = 0;
    // One frame or packet with messages: the bytes in which to look for markers, and how many
    // messages the server says it left out. Valid during the call.
    virtual void on_packet(std::string_view bytes, std::uint64_t skipped) = 0;
    // The next one of the sent messages, in order, was accepted or refused.
    virtual void on_answer(bool accepted) = 0;
    // The peer broke the protocol or refused us.
    virtual void on_failure(std::string_view why) = 0;

protected:
    ~dialect_events() = default;
};

// How one server is spoken to, on one connection: bytes in, events out, bytes to be sent. Sans-io.
//
// Problem: one load generator measures gim, the floor and the peers alike, so that loss, order and
// latency are counted by the same code. A message is told by a marker inside its content (see
// marker.hpp), which every protocol carries verbatim, so nothing is parsed a delivery but the
// frame's header.
class dialect {
public:
    virtual ~dialect() = default;

    // What to send first.
    virtual std::string open() = 0;
    // Takes bytes that were received, any cut of the stream; appends what is to be sent at once
    // (the next step of the set-up, pongs) to `out`.
    virtual void feed(std::string_view bytes, std::string& out, dialect_events& events) = 0;
    // Appends one message to a room, or to a user. `content` is printable ASCII without quotes,
    // backslashes or spaces.
    virtual void
    send_to_room(std::string_view room, std::string_view content, std::string& out) = 0;
    virtual void send_to_user(std::size_t user, std::string_view content, std::string& out) = 0;
    // Whether the server answers each message to its sender (on_answer).
    virtual bool has_answers() const = 0;
    // Whether who sends to the room that it receives is sent its own messages too. If not, senders
    // are connections apart, beside the members that are counted.
    virtual bool hears_itself() const { return true; }
};

// Makes the dialect of a new connection.
using dialect_factory = std::function<std::unique_ptr<dialect>(const identity& who)>;

}  // namespace gim::client
