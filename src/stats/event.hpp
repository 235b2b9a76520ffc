#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace gim::stats {

// What is counted, each since the process began. The names are what operators see; one that was
// published is not changed.
enum class event : std::size_t {
    refused_too_many,             // connections of the process
    refused_too_many_of_address,  // of one address
    refused_too_fast,             // new connections a second
    refused_no_descriptor,        // closed with the spare one
    refused_stranger,             // from beyond this machine, without --auth and --insecure
    tls_handshake_failed,         // it was no TLS, or not the TLS we speak
    api_key_refused,              // an HTTP request with an API key that is none
    request_repeated,             // a copy of a send, which was answered as the first
    request_conflict,             // one with the request_id of another: 409
    request_forgotten,            // before its time, as there were too many
    refused_origin,               // a page of another site
    refused_proxy_header,         // PROXY or X-Forwarded-For: broken, or none

    close_protocol_error,  // 1002
    close_not_utf8,        // 1007
    close_policy_error,    // 1008
    close_too_big,         // 1009
    close_internal_error,  // 1011
    close_slow_reader,     // 4000
    close_token_expired,   // 4001
    close_too_fast,        // 4002
    close_no_heartbeat,    // 4004
    close_bad_token,       // 4500
    close_login_timeout,   // 4501
    close_replaced,        // 4502
    close_kicked,          // 4503
    close_bad_request,     // 4504
    packet_skipped,        // one packet of a room for one connection that was behind
    cut_too_much,          // why a connection was closed with 4000: the bytes that waited
    cut_too_old,           // their age
    token_refused,         // a login, a refresh or an HTTP request without a valid token
    cut_short_of_memory,   // the bytes that waited for all connections
    request_paused,        // a connection was not read for a moment, over its rate

    // Answered with 429, and why.
    refused_send_of_user,
    refused_send_to_room,
    refused_slow_mode,
    refused_room_of_user,
    refused_member_of_room,

    refused_room,     // there are as many as the server may have: 503
    refused_user,     // the same
    room_forgotten,   // one that everybody had left, for a new one
    history_dropped,  // a message, for the memory of all history
};

// One a line.
// clang-format off
inline constexpr std::array event_names{
    std::string_view("refused_too_many"),
    std::string_view("refused_too_many_of_address"),
    std::string_view("refused_too_fast"),
    std::string_view("refused_no_descriptor"),
    std::string_view("refused_stranger"),
    std::string_view("tls_handshake_failed"),
    std::string_view("api_key_refused"),
    std::string_view("request_repeated"),
    std::string_view("request_conflict"),
    std::string_view("request_forgotten"),
    std::string_view("refused_origin"),
    std::string_view("refused_proxy_header"),
    std::string_view("close_protocol_error"),
    std::string_view("close_not_utf8"),
    std::string_view("close_policy_error"),
    std::string_view("close_too_big"),
    std::string_view("close_internal_error"),
    std::string_view("close_slow_reader"),
    std::string_view("close_token_expired"),
    std::string_view("close_too_fast"),
    std::string_view("close_no_heartbeat"),
    std::string_view("close_bad_token"),
    std::string_view("close_login_timeout"),
    std::string_view("close_replaced"),
    std::string_view("close_kicked"),
    std::string_view("close_bad_request"),
    std::string_view("packet_skipped"),
    std::string_view("cut_too_much"),
    std::string_view("cut_too_old"),
    std::string_view("token_refused"),
    std::string_view("cut_short_of_memory"),
    std::string_view("request_paused"),
    std::string_view("refused_send_of_user"),
    std::string_view("refused_send_to_room"),
    std::string_view("refused_slow_mode"),
    std::string_view("refused_room_of_user"),
    std::string_view("refused_member_of_room"),
    std::string_view("refused_room"),
    std::string_view("refused_user"),
    std::string_view("room_forgotten"),
    std::string_view("history_dropped"),
};
// clang-format on

// The number of kinds of events. A name must stand in event_names for each.
inline constexpr std::size_t event_count = event_names.size();
static_assert(event_count == static_cast<std::size_t>(event::history_dropped) + 1);

}  // namespace gim::stats
