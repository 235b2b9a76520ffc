#pragma once

#include "tools/client/websocket_frames.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace gim::client {

enum class gim_form { json_text, json_object, protobuf };

// What a client must know of a frame from gim.
struct gim_frame {
    std::uint32_t op = 0;
    std::int64_t code = 0;      // of a reply
    std::uint64_t skipped = 0;  // of a push
    std::string_view data;      // of a reply, as it was encoded; of a push, all of it
};

// Writes gim's requests and looks into its replies and pushes, in one form of docs/protocol.md.
//
// Problem: decoding every push would cost the generator more than it costs the server to send, so
// a push is only looked at where its op and `skipped` stand. Stateless.
class gim_codec {
public:
    virtual ~gim_codec() = default;

    virtual websocket_opcode kind() const = 0;
    // They append a frame's payload.
    virtual void login(std::string_view user, std::string& out) const = 0;
    virtual void join(std::string_view room, std::string& out) const = 0;
    // `type` as in op 201: 1 to a room, 2 to a user.
    virtual void send(int type, std::string_view target, std::string_view content, std::string& out)
        const = 0;
    virtual void history(std::string_view session, std::size_t limit, std::string& out) const = 0;

    // False: no frame of gim's.
    virtual bool read(std::string_view payload, gim_frame& frame) const = 0;
    // The token in the data of the reply to a login.
    virtual std::string token(std::string_view data) const = 0;
};

// Lives as long as the program.
const gim_codec& codec_of(gim_form form);

}  // namespace gim::client
