#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace gim::stats {

// The counters of GET /metrics. Each has one series for every event that names it (event.hpp).
enum class counter_family : std::size_t {
    connections_accepted,
    connections_refused,
    tls_handshakes_failed,
    closes,
    outbox_cuts,
    packets_skipped,
    reads_paused,
    logins,
    auth_url_questions,
    auth_url_outcomes,
    messages,
    messages_skipped,
    deliveries,
    frames_received,
    frames_sent,
    received_bytes,
    sent_bytes,
    requests_refused,
    requests_repeated,
    requests_forgotten,
    rooms_forgotten,
    history_dropped,
    http_requests,
    end
};

struct counter_family_about {
    counter_family what;
    std::string_view name;   // by the conventions of Prometheus: gim_..._total
    std::string_view label;  // which tells its series apart; empty: it has one
    std::string_view help;
};

inline constexpr std::array<counter_family_about, std::size_t(counter_family::end)>
    counter_families{{
        {counter_family::connections_accepted,
         "gim_connections_accepted_total",
         "door",
         "Connections that came in, by door."},
        {counter_family::connections_refused,
         "gim_connections_refused_total",
         "reason",
         "Connections that were turned away at the door."},
        {counter_family::tls_handshakes_failed,
         "gim_tls_handshakes_failed_total",
         "",
         "TLS handshakes that failed."},
        {counter_family::closes,
         "gim_closes_total",
         "code",
         "WebSockets that the server closed, by close code."},
        {counter_family::outbox_cuts,
         "gim_outbox_cuts_total",
         "reason",
         "Slow readers that were cut off (code 4000), by what there was too much of."},
        {counter_family::packets_skipped,
         "gim_packets_skipped_total",
         "",
         "Packets of rooms that a connection did not get, since it was behind."},
        {counter_family::reads_paused,
         "gim_reads_paused_total",
         "",
         "Times that a connection was not read for a moment, since it asked too fast."},
        {counter_family::logins, "gim_logins_total", "", "Logins that succeeded."},
        {counter_family::auth_url_questions,
         "gim_auth_url_questions_total",
         "",
         "Logins that the service of --auth-url was asked about."},
        {counter_family::auth_url_outcomes,
         "gim_auth_url_outcomes_total",
         "outcome",
         "Logins that it did not let in, and those for which a kept answer did."},
        {counter_family::messages, "gim_messages_total", "kind", "Messages that were accepted."},
        {counter_family::messages_skipped,
         "gim_messages_skipped_total",
         "",
         "Messages that no member of their room was pushed, since newer ones filled the batch."},
        {counter_family::deliveries,
         "gim_deliveries_total",
         "kind",
         "Messages queued for connections: one counts once for each."},
        {counter_family::frames_received,
         "gim_websocket_frames_received_total",
         "",
         "WebSocket messages and control frames that came."},
        {counter_family::frames_sent,
         "gim_websocket_frames_sent_total",
         "",
         "WebSocket messages and control frames that were written whole."},
        {counter_family::received_bytes,
         "gim_websocket_received_bytes_total",
         "",
         "Bytes read from WebSockets, behind the upgrade and without TLS."},
        {counter_family::sent_bytes,
         "gim_websocket_sent_bytes_total",
         "",
         "Bytes written to WebSockets, with the answer to the upgrade and without TLS."},
        {counter_family::requests_refused,
         "gim_requests_refused_total",
         "reason",
         "Requests of both doors that a limit or a check refused."},
        {counter_family::requests_repeated,
         "gim_requests_repeated_total",
         "",
         "Copies of a send, answered as the first."},
        {counter_family::requests_forgotten,
         "gim_requests_forgotten_total",
         "",
         "Sends whose request_id was forgotten before its time, for want of memory."},
        {counter_family::rooms_forgotten,
         "gim_rooms_forgotten_total",
         "",
         "Rooms that everybody had left, forgotten for new ones."},
        {counter_family::history_dropped,
         "gim_history_dropped_messages_total",
         "",
         "Messages dropped from the history, for the memory of all of it."},
        {counter_family::http_requests,
         "gim_http_requests_total",
         "status",
         "HTTP requests answered, by the class of the status."},
    }};

constexpr const counter_family_about& about(counter_family f) noexcept {
    return counter_families[std::size_t(f)];
}

}  // namespace gim::stats
