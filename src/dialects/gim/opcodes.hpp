#pragma once

#include <cstdint>

namespace gim::native {

// What a frame asks for. A request's reply has the op of the request plus one.
enum class opcode : std::uint32_t {
    undecodable = 0,  // only in replies: the frame could not be decoded
    login = 101,
    logout = 103,
    heartbeat = 105,
    notice = 107,  // only from the server; has no reply
    refresh = 109,
    send = 201,
    history = 203,
    sessions = 205,
    push = 207,  // only from the server; has no reply
    join = 301,
    leave = 303,
    members = 305,
};

// Whether a client may ask for it.
constexpr bool is_request(opcode op) noexcept {
    switch (op) {
        case opcode::login:
        case opcode::logout:
        case opcode::heartbeat:
        case opcode::refresh:
        case opcode::send:
        case opcode::history:
        case opcode::sessions:
        case opcode::join:
        case opcode::leave:
        case opcode::members:
            return true;
        case opcode::undecodable:
        case opcode::notice:
        case opcode::push:
            break;
    }
    return false;
}

}  // namespace gim::native
