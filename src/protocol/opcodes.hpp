#pragma once

#include <cstdint>

namespace gim::protocol {

// What a frame asks for. A request's reply has the op of the request plus one.
enum class opcode : std::uint32_t {
    undecodable = 0,  // only in replies: the frame could not be decoded
    login = 101,
    logout = 103,
    heartbeat = 105,
    send = 201,
    history = 203,
    sessions = 205,
    push = 207,  // only from the server; has no reply
    join = 301,
    leave = 303,
    members = 305,
};

}  // namespace gim::protocol
