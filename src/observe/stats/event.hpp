#pragma once

#include "observe/stats/counter_family.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace gim::stats {

// What is counted, each since the process began. The names are what operators see; one that was
// published is not changed.
//
// A new event is one line here and one in the table below: then GET /v1/counters and GET /metrics
// have it. Without the line in the table it does not compile.
enum class event : std::size_t {
    refused_too_many,             // connections of the process
    refused_too_many_of_address,  // of one address
    refused_too_fast,             // new connections a second
    refused_too_fast_of_address,  // of one address, while others need them
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
    close_try_again,       // 1013
    close_slow_reader,     // 4000
    close_token_expired,   // 4001
    close_too_fast,        // 4002
    close_state_lost,      // 4003
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

    refused_room,      // there are as many as the server may have: 503
    refused_user,      // the same
    refused_handover,  // another process is about to have this one's memory: 503
    refused_memory,    // too much waits at both doors: 503
    room_forgotten,    // one that everybody had left, for a new one
    user_forgotten,    // one that was idle for long, or for a new one
    history_dropped,   // a message, for the memory of all history

    auth_url_asked,      // a login, of the operator's own service
    auth_url_refused,    // by it
    auth_url_failed,     // no connection, or no proper answer: 503
    auth_url_timed_out,  // no answer in time: 503
    auth_url_too_many,   // not asked, as too many were on their way: 503
    auth_url_cached,     // not asked, as the answer was known

    connection_gateway,  // came in, by door
    connection_api,
    login,
    close_going_away,  // 1001
    message_room,      // accepted and stored
    message_private,
    message_skipped,  // by all members of its room
    delivery_room,    // a message queued for a connection
    delivery_private,
    frame_received,  // a WebSocket message or control frame
    frame_sent,
    byte_received,  // of WebSockets
    byte_sent,
    http_2xx,  // answers, by class
    http_4xx,
    http_5xx,

    frame_deflated,       // compressed, once for all who are sent it
    deflate_saved_bytes,  // by that; not times those who are sent it
    message_inflated,     // one of a client that was compressed

    redis_lost,               // the connection for commands
    redis_timed_out,          // why: no reply in time
    redis_subscription_lost,  // the connection that hears what other processes do
    redis_value_left_out,     // one that is not what gim writes there
    refused_storage,          // a request: Redis could not be asked, or said no: 503
    message_recovered,        // missed with a subscription, and read from Redis afterwards
    gap_told,                 // messages that could not be: their session's clients were closed

    log_line_lost,         // it could not be written
    trace_line_held_back,  // a step of a user who is traced: there were too many

    end  // no event: how many there are
};

inline constexpr std::size_t event_count = static_cast<std::size_t>(event::end);

struct event_about {
    event what;
    std::string_view name;    // in GET /v1/counters
    counter_family family;    // in GET /metrics, and
    std::string_view series;  // the value of that family's label there; empty if it has none
};

// One a line, in the order of the enumeration.
// clang-format off
inline constexpr std::array<event_about, event_count> events{{
    {event::refused_too_many, "refused_too_many", counter_family::connections_refused, "too_many"},
    {event::refused_too_many_of_address, "refused_too_many_of_address", counter_family::connections_refused, "too_many_of_address"},
    {event::refused_too_fast, "refused_too_fast", counter_family::connections_refused, "too_fast"},
    {event::refused_too_fast_of_address, "refused_too_fast_of_address", counter_family::connections_refused, "too_fast_of_address"},
    {event::refused_no_descriptor, "refused_no_descriptor", counter_family::connections_refused, "no_descriptor"},
    {event::refused_stranger, "refused_stranger", counter_family::connections_refused, "stranger"},
    {event::tls_handshake_failed, "tls_handshake_failed", counter_family::tls_handshakes_failed, ""},
    {event::api_key_refused, "api_key_refused", counter_family::requests_refused, "api_key"},
    {event::request_repeated, "request_repeated", counter_family::requests_repeated, ""},
    {event::request_conflict, "request_conflict", counter_family::requests_refused, "request_id"},
    {event::request_forgotten, "request_forgotten", counter_family::requests_forgotten, ""},
    {event::refused_origin, "refused_origin", counter_family::connections_refused, "origin"},
    {event::refused_proxy_header, "refused_proxy_header", counter_family::connections_refused, "proxy_header"},
    {event::close_protocol_error, "close_protocol_error", counter_family::closes, "1002"},
    {event::close_not_utf8, "close_not_utf8", counter_family::closes, "1007"},
    {event::close_policy_error, "close_policy_error", counter_family::closes, "1008"},
    {event::close_too_big, "close_too_big", counter_family::closes, "1009"},
    {event::close_internal_error, "close_internal_error", counter_family::closes, "1011"},
    {event::close_try_again, "close_try_again", counter_family::closes, "1013"},
    {event::close_slow_reader, "close_slow_reader", counter_family::closes, "4000"},
    {event::close_token_expired, "close_token_expired", counter_family::closes, "4001"},
    {event::close_too_fast, "close_too_fast", counter_family::closes, "4002"},
    {event::close_state_lost, "close_state_lost", counter_family::closes, "4003"},
    {event::close_no_heartbeat, "close_no_heartbeat", counter_family::closes, "4004"},
    {event::close_bad_token, "close_bad_token", counter_family::closes, "4500"},
    {event::close_login_timeout, "close_login_timeout", counter_family::closes, "4501"},
    {event::close_replaced, "close_replaced", counter_family::closes, "4502"},
    {event::close_kicked, "close_kicked", counter_family::closes, "4503"},
    {event::close_bad_request, "close_bad_request", counter_family::closes, "4504"},
    {event::packet_skipped, "packet_skipped", counter_family::packets_skipped, ""},
    {event::cut_too_much, "cut_too_much", counter_family::outbox_cuts, "size"},
    {event::cut_too_old, "cut_too_old", counter_family::outbox_cuts, "age"},
    {event::token_refused, "token_refused", counter_family::requests_refused, "token"},
    {event::cut_short_of_memory, "cut_short_of_memory", counter_family::outbox_cuts, "memory"},
    {event::request_paused, "request_paused", counter_family::reads_paused, ""},
    {event::refused_send_of_user, "refused_send_of_user", counter_family::requests_refused, "sends_of_user"},
    {event::refused_send_to_room, "refused_send_to_room", counter_family::requests_refused, "sends_to_room"},
    {event::refused_slow_mode, "refused_slow_mode", counter_family::requests_refused, "slow_mode"},
    {event::refused_room_of_user, "refused_room_of_user", counter_family::requests_refused, "rooms_of_user"},
    {event::refused_member_of_room, "refused_member_of_room", counter_family::requests_refused, "members_of_room"},
    {event::refused_room, "refused_room", counter_family::requests_refused, "rooms"},
    {event::refused_user, "refused_user", counter_family::requests_refused, "users"},
    {event::refused_handover, "refused_handover", counter_family::requests_refused, "handover"},
    {event::refused_memory, "refused_memory", counter_family::requests_refused, "memory"},
    {event::room_forgotten, "room_forgotten", counter_family::rooms_forgotten, ""},
    {event::user_forgotten, "user_forgotten", counter_family::users_forgotten, ""},
    {event::history_dropped, "history_dropped", counter_family::history_dropped, ""},
    {event::auth_url_asked, "auth_url_asked", counter_family::auth_url_questions, ""},
    {event::auth_url_refused, "auth_url_refused", counter_family::auth_url_outcomes, "refused"},
    {event::auth_url_failed, "auth_url_failed", counter_family::auth_url_outcomes, "failed"},
    {event::auth_url_timed_out, "auth_url_timed_out", counter_family::auth_url_outcomes, "timed_out"},
    {event::auth_url_too_many, "auth_url_too_many", counter_family::auth_url_outcomes, "too_many"},
    {event::auth_url_cached, "auth_url_cached", counter_family::auth_url_outcomes, "cached"},
    {event::connection_gateway, "connection_gateway", counter_family::connections_accepted, "gateway"},
    {event::connection_api, "connection_api", counter_family::connections_accepted, "api"},
    {event::login, "login", counter_family::logins, ""},
    {event::close_going_away, "close_going_away", counter_family::closes, "1001"},
    {event::message_room, "message_room", counter_family::messages, "room"},
    {event::message_private, "message_private", counter_family::messages, "private"},
    {event::message_skipped, "message_skipped", counter_family::messages_skipped, ""},
    {event::delivery_room, "delivery_room", counter_family::deliveries, "room"},
    {event::delivery_private, "delivery_private", counter_family::deliveries, "private"},
    {event::frame_received, "frame_received", counter_family::frames_received, ""},
    {event::frame_sent, "frame_sent", counter_family::frames_sent, ""},
    {event::byte_received, "byte_received", counter_family::received_bytes, ""},
    {event::byte_sent, "byte_sent", counter_family::sent_bytes, ""},
    {event::http_2xx, "http_2xx", counter_family::http_requests, "2xx"},
    {event::http_4xx, "http_4xx", counter_family::http_requests, "4xx"},
    {event::http_5xx, "http_5xx", counter_family::http_requests, "5xx"},
    {event::frame_deflated, "frame_deflated", counter_family::frames_deflated, ""},
    {event::deflate_saved_bytes, "deflate_saved_bytes", counter_family::deflate_saved_bytes, ""},
    {event::message_inflated, "message_inflated", counter_family::messages_inflated, ""},
    {event::redis_lost, "redis_lost", counter_family::redis_failures, "connection"},
    {event::redis_timed_out, "redis_timed_out", counter_family::redis_timeouts, ""},
    {event::redis_subscription_lost, "redis_subscription_lost", counter_family::redis_failures, "subscription"},
    {event::redis_value_left_out, "redis_value_left_out", counter_family::redis_values_left_out, ""},
    {event::refused_storage, "refused_storage", counter_family::requests_refused, "storage"},
    {event::message_recovered, "message_recovered", counter_family::messages_recovered, ""},
    {event::gap_told, "gap_told", counter_family::gaps_told, ""},
    {event::log_line_lost, "log_line_lost", counter_family::log_lines_lost, ""},
    {event::trace_line_held_back, "trace_line_held_back", counter_family::trace_lines_held_back, ""},
}};
// clang-format on

constexpr const event_about& about(event e) noexcept {
    return events[static_cast<std::size_t>(e)];
}

// The event whose row is missing, wrong or another's as well; empty if all are well.
consteval std::string_view unsound_event() {
    for (std::size_t i = 0; i < event_count; ++i) {
        const auto& row = events[i];
        const bool has_label = !about(row.family).label.empty();
        if (row.name.empty() || row.what != static_cast<event>(i) ||
            row.series.empty() == has_label) {
            return row.name.empty() ? "(missing)" : row.name;
        }
        for (std::size_t k = 0; k < i; ++k) {
            const bool is_same_series =
                events[k].family == row.family && events[k].series == row.series;
            if (events[k].name == row.name || is_same_series) {
                return row.name;
            }
        }
    }
    return {};
}
static_assert(unsound_event().empty(), "each event has one row in `events`, at its place");

// The same of a family: it has a row at its place, and an event.
consteval bool are_families_sound() {
    for (std::size_t i = 0; i < counter_families.size(); ++i) {
        const auto is_of_it = [i](const event_about& e) {
            return e.family == static_cast<counter_family>(i);
        };
        if (counter_families[i].what != static_cast<counter_family>(i) ||
            !std::ranges::any_of(events, is_of_it)) {
            return false;
        }
    }
    return true;
}
static_assert(are_families_sound(), "each family has one row in `counter_families`, and an event");

}  // namespace gim::stats
