#pragma once

#include "tools/client/gim_codec.hpp"

namespace gim::client {

// Both JSON forms: the body as text in a string, or as an object.
class gim_json final : public gim_codec {
public:
    // REQUIRES: not protobuf.
    explicit gim_json(gim_form form) : form_(form) {}

    websocket_opcode kind() const override { return websocket_opcode::text; }
    void login(std::string_view user, std::string& out) const override;
    void join(std::string_view room, std::string& out) const override;
    void send(int type, std::string_view target, std::string_view content, std::string& out)
        const override;
    void history(std::string_view session, std::size_t limit, std::string& out) const override;
    bool read(std::string_view payload, gim_frame& frame) const override;
    std::string token(std::string_view data) const override;

private:
    void append(std::string_view op, std::string_view body, std::string& out) const;

    const gim_form form_;
};

}  // namespace gim::client
