#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace gim::metrics {

// What is so right now, in the whole process.
struct gauges {
    std::uint64_t gateway_connections = 0;
    std::uint64_t api_connections = 0;
    std::uint64_t connections_limit = 0;  // 0: none
    std::uint64_t users_online = 0;
    std::uint64_t rooms_active = 0;
    std::uint64_t slow_readers = 0;
    std::uint64_t pending_bytes = 0;
    std::uint64_t waiting_bytes = 0;
    std::uint64_t stored_messages = 0;
    std::uint64_t stored_message_bytes = 0;
    std::uint64_t stored_sessions = 0;
    std::uint64_t stored_rooms = 0;
    std::uint64_t stored_rooms_left = 0;
    std::uint64_t rooms_limit = 0;  // 0: none
    std::uint64_t stored_users = 0;
    std::uint64_t stored_users_idle = 0;
    std::uint64_t users_limit = 0;  // 0: none
    std::uint64_t stored_requests = 0;
    std::uint64_t workers = 0;
    std::uint64_t nodes = 0;
};

struct gauge_about {
    std::string_view name;  // by the conventions of Prometheus
    std::string_view label;
    std::string_view series;  // the label's value; both are empty if there is one series
    std::string_view help;
    std::uint64_t gauges::*from;
};

// The series of one name stand together, and its help with the first of them.
inline constexpr std::array gauge_table{
    gauge_about{
        "gim_connections",
        "door",
        "gateway",
        "Open connections, by door.",
        &gauges::gateway_connections},
    gauge_about{"gim_connections", "door", "api", "", &gauges::api_connections},
    gauge_about{
        "gim_connections_limit",
        "",
        "",
        "What --max-connections allows, both doors together; 0: no limit.",
        &gauges::connections_limit},
    gauge_about{
        "gim_users_online",
        "",
        "",
        "Users with a connection that is logged in.",
        &gauges::users_online},
    gauge_about{
        "gim_rooms_active",
        "",
        "",
        "Rooms with somebody connected or something to push.",
        &gauges::rooms_active},
    gauge_about{
        "gim_slow_readers",
        "",
        "",
        "Connections whose socket takes nothing more for now.",
        &gauges::slow_readers},
    gauge_about{
        "gim_outbox_pending_bytes",
        "",
        "",
        "Bytes that wait for slow readers, those of a packet once for each.",
        &gauges::pending_bytes},
    gauge_about{
        "gim_waiting_bytes",
        "",
        "",
        "Bytes that wait at both doors, each once, as --max-memory counts them.",
        &gauges::waiting_bytes},
    gauge_about{
        "gim_storage_messages",
        "",
        "",
        "Messages in the history.",
        &gauges::stored_messages},
    gauge_about{
        "gim_storage_message_bytes",
        "",
        "",
        "Bytes that the history and the lists of private sessions take, as --history-memory counts "
        "them.",
        &gauges::stored_message_bytes},
    gauge_about{
        "gim_storage_sessions",
        "",
        "",
        "Rooms and private sessions that have a message in the history.",
        &gauges::stored_sessions},
    gauge_about{"gim_storage_rooms", "", "", "Rooms that exist.", &gauges::stored_rooms},
    gauge_about{
        "gim_storage_rooms_left",
        "",
        "",
        "Rooms that all have left, which new rooms may replace.",
        &gauges::stored_rooms_left},
    gauge_about{
        "gim_storage_rooms_limit",
        "",
        "",
        "What --max-rooms allows; 0: no limit, or the rooms are in Redis.",
        &gauges::rooms_limit},
    gauge_about{"gim_storage_users", "", "", "Users that are known.", &gauges::stored_users},
    gauge_about{
        "gim_storage_users_idle",
        "",
        "",
        "Users that may be forgotten: offline, in no room, in no private session with a message.",
        &gauges::stored_users_idle},
    gauge_about{
        "gim_storage_users_limit",
        "",
        "",
        "What --max-users allows; 0: no limit, or the users are in Redis.",
        &gauges::users_limit},
    gauge_about{
        "gim_storage_requests",
        "",
        "",
        "Sends with a request_id that are remembered.",
        &gauges::stored_requests},
    gauge_about{"gim_workers", "", "", "Worker threads.", &gauges::workers},
    gauge_about{
        "gim_nodes",
        "",
        "",
        "Processes with this storage that live, this one among them.",
        &gauges::nodes},
};

}  // namespace gim::metrics
