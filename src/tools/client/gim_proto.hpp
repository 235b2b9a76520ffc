#pragma once

#include "tools/client/gim_codec.hpp"

namespace gim::client {

// Protobuf, written and read by hand from proto/gim.proto: a push's items are stepped over by their
// lengths, where the generated classes would copy every one.
class gim_proto final : public gim_codec {
public:
    websocket_opcode kind() const override { return websocket_opcode::binary; }
    void login(std::string_view user, std::string& out) const override;
    void join(std::string_view room, std::string& out) const override;
    void send(int type, std::string_view target, std::string_view content, std::string& out)
        const override;
    void history(std::string_view session, std::size_t limit, std::string& out) const override;
    bool read(std::string_view payload, gim_frame& frame) const override;
    std::string token(std::string_view data) const override;
};

}  // namespace gim::client
