#pragma once

#include "dialects/gim/codec.hpp"
#include "websocket/websocket_frame.hpp"

#include <cstdint>

// The frames of codec.hpp, each as one WebSocket message.
namespace gim::native {

websocket::websocket_frame reply_frame(
    wire_form form,
    std::uint32_t op,
    std::uint64_t seq,
    const model::result<model::reply>& answer
);
websocket::websocket_frame packet_frame(wire_form form, const model::packet& p);
websocket::websocket_frame notice_frame(wire_form form, const model::notice& n);

}  // namespace gim::native
