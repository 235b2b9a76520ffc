#pragma once

#include "observe/stats/event.hpp"
#include "websocket/close_code.hpp"

#include <optional>

namespace gim::gateway {

// What is counted when the server closes a connection with that code; empty: it never does.
inline std::optional<stats::event> close_event(websocket::close_code code) noexcept {
    using stats::event;
    using websocket::close_code;
    switch (code) {
        case close_code::normal:  // only clients say so
            return std::nullopt;
        case close_code::going_away:
            return event::close_going_away;
        case close_code::protocol_error:
            return event::close_protocol_error;
        case close_code::not_utf8:
            return event::close_not_utf8;
        case close_code::policy_error:
            return event::close_policy_error;
        case close_code::too_big:
            return event::close_too_big;
        case close_code::internal_error:
            return event::close_internal_error;
        case close_code::try_again:
            return event::close_try_again;
        case close_code::slow_reader:
            return event::close_slow_reader;
        case close_code::token_expired:
            return event::close_token_expired;
        case close_code::bad_token:
            return event::close_bad_token;
        case close_code::too_fast:
            return event::close_too_fast;
        case close_code::state_lost:
            return event::close_state_lost;
        case close_code::no_heartbeat:
            return event::close_no_heartbeat;
        case close_code::login_timeout:
            return event::close_login_timeout;
        case close_code::replaced:
            return event::close_replaced;
        case close_code::kicked:
            return event::close_kicked;
        case close_code::bad_request:
            return event::close_bad_request;
    }
    return std::nullopt;
}

}  // namespace gim::gateway
