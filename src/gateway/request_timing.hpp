#pragma once

#include "dialects/gim/opcodes.hpp"
#include "observe/stats/distribution.hpp"

namespace gim::gateway {

// Where the time that a request with that op took is noted. Any number may come as an op.
constexpr stats::distribution timing_of(native::opcode op) noexcept {
    using native::opcode;
    using stats::distribution;
    switch (op) {
        case opcode::login:
            return distribution::request_login;
        case opcode::logout:
            return distribution::request_logout;
        case opcode::heartbeat:
            return distribution::request_heartbeat;
        case opcode::refresh:
            return distribution::request_refresh;
        case opcode::send:
            return distribution::request_send;
        case opcode::history:
            return distribution::request_history;
        case opcode::sessions:
            return distribution::request_sessions;
        case opcode::join:
            return distribution::request_join;
        case opcode::leave:
            return distribution::request_leave;
        case opcode::members:
            return distribution::request_members;
        case opcode::undecodable:
        case opcode::notice:
        case opcode::push:
            break;
    }
    return distribution::request_unknown;
}

}  // namespace gim::gateway
