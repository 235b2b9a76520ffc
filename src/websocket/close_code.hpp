#pragma once

#include <cstdint>

namespace gim::websocket {

// Why the server closes a WebSocket (RFC 6455, 7.4). A client reconnects after 4000 to 4499, not
// after 4500 to 4999.
enum class close_code : std::uint16_t {
    normal = 1000,
    going_away = 1001,      // the server stops
    protocol_error = 1002,  // a frame against RFC 6455
    not_utf8 = 1007,        // text that is not UTF-8
    policy_error = 1008,    // a limit on frames or time was broken
    too_big = 1009,         // a message over the limit
    internal_error = 1011,  // a bug of ours hit this connection
    try_again = 1013,       // there was no memory for its message
    slow_reader = 4000,     // more was pending than the outbox may hold
    token_expired = 4001,   // the login's token, and no new one came
    too_fast = 4002,        // over the rate of requests for too long
    state_lost = 4003,      // messages were lost that cannot be told any more
    no_heartbeat = 4004,    // nothing came for the heartbeat interval
    bad_token = 4500,       // a login or a refresh without a valid token
    login_timeout = 4501,   // no login in time
    replaced = 4502,        // the user came on another connection
    kicked = 4503,          // a back end disconnected the user
    bad_request = 4504,     // ten undecodable frames in a row
};

}  // namespace gim::websocket
