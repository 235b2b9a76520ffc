#pragma once

#include "websocket/websocket_opcode.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gim::client {

using websocket::websocket_opcode;

// Finds the messages in what a WebSocket server sends, as a client that costs next to nothing: a
// frame that came whole is looked at where it is, only one that was cut is copied. Sans-io.
class websocket_frames {
public:
    class receiver {
    public:
        // One whole message, or control frame. Valid during the call.
        virtual void on_message(websocket_opcode kind, std::string_view payload) = 0;

    protected:
        ~receiver() = default;
    };

    // Longer ones are taken for an error of the server's.
    static constexpr std::size_t max_message_bytes = 16 * 1024 * 1024;

    // Takes any cut of the stream. Empty, or what the server did wrong: then feed no more.
    std::string_view feed(std::string_view bytes, receiver& to);

private:
    struct header {
        std::size_t bytes = 0;  // of the header itself; 0: more are needed
        std::uint64_t payload = 0;
        bool is_final = true;
        websocket_opcode opcode{};
        std::string_view wrong;
    };
    static header read_header(std::string_view bytes) noexcept;
    std::string_view on_frame(const header& h, std::string_view payload, receiver& to);

    std::string cut_;                // the begin of a frame whose rest has not come
    std::string fragments_;          // of a message in several frames
    websocket_opcode fragmented_{};  // its kind; continuation: there is none
};

// Appends a client's frame.
//
// A client must mask (RFC 6455, 5.3), against intermediaries that would take a payload for HTTP.
// There is none here, so the key is zero: payloads go out as they are, and the server's work is
// the same, as it cannot know.
void append_client_frame(websocket_opcode opcode, std::string_view payload, std::string& out);

}  // namespace gim::client
