#include "gim/settings/limit_flags.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <unistd.h>
#include <utility>

namespace gim::cmd {

namespace {

constexpr auto of_connection = "Limits of a connection";
constexpr auto of_users = "Limits of users and rooms";
constexpr auto of_process = "Limits of the process";
constexpr std::size_t one_gib = 1024 * 1024 * 1024;

std::vector<program::flag> connection_flags(gateway::gateway_options& c) {
    using namespace std::chrono_literals;
    const gateway::gateway_options d;
    const auto number = [](std::size_t n) { return std::to_string(n); };
    return {
        {"--max-message",
         of_connection,
         "BYTES",
         "A longer WebSocket message closes the connection with 1009, 1KiB to 1MiB",
         program::bytes_text(d.message_bytes),
         program::bytes_into(c.message_bytes, 1024, gateway::gateway_options::max_message_bytes)},
        {"--max-message-frames",
         of_connection,
         "N",
         "Frames of one message, else 1008, 1 to 65536",
         number(d.message_frames),
         program::count_into(c.message_frames, 1, 65536)},
        {"--message-timeout",
         of_connection,
         "DURATION",
         "From the first byte of a message to its last, else 1008, 100ms to 1h",
         program::to_string(d.message_timeout),
         program::duration_into(c.message_timeout, 100ms, 1h)},
        {"--login-message",
         of_connection,
         "BYTES",
         "As --max-message, before login, 256 to 1MiB",
         program::bytes_text(d.login_message_bytes),
         program::bytes_into(
             c.login_message_bytes, 256, gateway::gateway_options::max_message_bytes
         )},
        {"--login-timeout",
         of_connection,
         "DURATION",
         "From the upgrade to the login, else 4501, 100ms to 1h",
         program::to_string(d.login_timeout),
         program::duration_into(c.login_timeout, 100ms, 1h)},
        {"--close-timeout",
         of_connection,
         "DURATION",
         "How long a closed peer may take to read and to answer, 10ms to 1m",
         program::to_string(d.close_timeout),
         program::duration_into(c.close_timeout, 10ms, 1min)},
        {"--max-requests",
         of_connection,
         "N",
         "Requests a second, beyond which it is read no faster, to 1000000; 0: no limit",
         number(d.requests.limit.count),
         program::count_into(c.requests.limit.count, 0, 1'000'000)},
        {"--max-requests-burst",
         of_connection,
         "N",
         "As many at once after a quiet time, 1 to 1000000",
         number(d.requests.limit.burst),
         program::count_into(c.requests.limit.burst, 1, 1'000'000)},
        {"--max-requests-patience",
         of_connection,
         "DURATION",
         "Over that rate for so long without a break, it is closed with 4002, 100ms to 1h",
         program::to_string(d.requests.patience),
         program::duration_into(c.requests.patience, 100ms, 1h)},
        {"--outbox-soft",
         of_connection,
         "BYTES",
         "With so much pending, packets of rooms in latest mode are skipped, to 1GiB; 0: never",
         program::bytes_text(d.outbox.soft_bytes),
         program::bytes_into(c.outbox.soft_bytes, 0, one_gib)},
        {"--outbox-hard",
         of_connection,
         "BYTES",
         "With more pending as much must be read in each --outbox-age, else 4000, 128KiB to 1GiB",
         program::bytes_text(d.outbox.hard_bytes),
         program::bytes_into(c.outbox.hard_bytes, 128 * 1024, one_gib)},
        {"--outbox-frames",
         of_connection,
         "N",
         "The same with more frames pending than this, 16 to 16777216",
         number(d.outbox.hard_frames),
         program::count_into(c.outbox.hard_frames, 16, 16'777'216)},
        {"--outbox-age",
         of_connection,
         "DURATION",
         "A pending byte may be so old, else 4000, to 24h; 0: any",
         program::to_string(d.outbox_age),
         program::duration_into(c.outbox_age, 0s, 24h)},
        {"--send-buffer",
         of_connection,
         "BYTES",
         "Half of what the kernel holds of what was sent, to 64MiB; 0: it decides",
         program::bytes_text(d.send_buffer_bytes),
         program::bytes_into(c.send_buffer_bytes, 0, 64 * 1024 * 1024)},
    };
}

// 0, or within these.
program::setter bytes_or_none_into(std::size_t& to, std::size_t least, std::size_t most) {
    auto some = program::bytes_into(to, least, most);
    auto none = program::bytes_into(to, 0, 0);
    return [some = std::move(some), none = std::move(none)](const std::string& text) {
        return none(text) ? some(text) : program::problem();
    };
}

std::vector<program::flag> memory_flags(live_options& o) {
    using namespace std::chrono_literals;
    const storage::memory_limits d;
    const auto number = [](std::size_t n) { return std::to_string(n); };
    const auto quarter =
        "a quarter of the machine's memory, here " + program::bytes_text(quarter_of_memory());
    return {
        {"--max-memory",
         of_process,
         "BYTES",
         "What may wait at both doors, else slow readers get 4000, sends 503; 4MiB to 1TiB; 0: no "
         "limit",
         quarter,
         bytes_or_none_into(o.gateway.pending_bytes, least_max_memory, largest_max_memory)},
        {"--history-memory",
         of_process,
         "BYTES",
         "Messages and session lists; silent sessions lose theirs first, to 1TiB; 0: no limit",
         quarter,
         program::bytes_into(o.storage.history_bytes, 0, 1024 * one_gib)},
        {"--max-rooms",
         of_process,
         "N",
         "Rooms; one more replaces one that all have left, else 503, to 100000000; 0: no limit",
         number(d.rooms),
         program::count_into(o.storage.rooms, 0, 100'000'000)},
        {"--max-users",
         of_process,
         "N",
         "Users; one more replaces one that is idle, else 503, to 100000000; 0: no limit",
         number(d.users),
         program::count_into(o.storage.users, 0, 100'000'000)},
        {"--user-silence",
         of_process,
         "DURATION",
         "Users offline for so long, in no room and no session, are forgotten, to 8760h; 0: never",
         program::to_string(d.user_silence),
         program::duration_into(o.storage.user_silence, 0s, 8760h)},
    };
}

std::vector<program::flag> quota_flags(node::quota_options& q) {
    using namespace std::chrono_literals;
    const node::quota_options d;
    const auto number = [](std::size_t n) { return std::to_string(n); };
    return {
        {"--max-rooms-per-user",
         of_users,
         "N",
         "Rooms that a user may be in, else 429, to 1000000; 0: no limit",
         number(d.rooms_of_user),
         program::count_into(q.rooms_of_user, 0, 1'000'000)},
        {"--max-room-members",
         of_users,
         "N",
         "Members that a room may have, else 429, to 100000000; 0: no limit",
         number(d.members_of_room),
         program::count_into(q.members_of_room, 0, 100'000'000)},
        {"--max-sends-per-user",
         of_users,
         "N",
         "Messages a second of a user, else 429, to 1000000; 0: no limit",
         number(d.sends_of_user.count),
         program::count_into(q.sends_of_user.count, 0, 1'000'000)},
        {"--max-sends-per-user-burst",
         of_users,
         "N",
         "As many at once after a quiet time, 1 to 1000000",
         number(d.sends_of_user.burst),
         program::count_into(q.sends_of_user.burst, 1, 1'000'000)},
        {"--max-sends-per-room",
         of_users,
         "N",
         "Messages a second to a room, else 429, to 1000000; 0: no limit",
         number(d.sends_to_room.count),
         program::count_into(q.sends_to_room.count, 0, 1'000'000)},
        {"--max-sends-per-room-burst",
         of_users,
         "N",
         "As many at once after a quiet time, 1 to 1000000",
         number(d.sends_to_room.burst),
         program::count_into(q.sends_to_room.burst, 1, 1'000'000)},
        {"--room-slow-mode",
         of_users,
         "DURATION",
         "Between two messages of a user to a room, else 429, to 24h; 0: none",
         program::to_string(d.slow_mode),
         program::duration_into(q.slow_mode, 0s, 24h)},
    };
}

}  // namespace

std::size_t quarter_of(std::size_t machine_bytes) noexcept {
    constexpr std::size_t one_mib = 1024 * 1024;
    return std::clamp(machine_bytes / 4 / one_mib * one_mib, least_max_memory, largest_max_memory);
}

std::size_t quarter_of_memory() noexcept {
    const auto pages = ::sysconf(_SC_PHYS_PAGES);
    const auto page = ::sysconf(_SC_PAGESIZE);
    if (pages <= 0 || page <= 0) {
        return one_gib;
    }
    return quarter_of(static_cast<std::size_t>(pages) * static_cast<std::size_t>(page));
}

std::vector<program::flag> session_flags(live_options& o) {
    using namespace std::chrono_literals;
    const live_options d;
    const auto number = [](std::size_t n) { return std::to_string(n); };
    return {
        {"--session-history",
         "Sessions",
         "N",
         "Messages kept for each session, 1 to 1000000",
         number(d.storage.history),
         program::count_into(o.storage.history, 1, 1'000'000)},
        {"--max-sessions-per-user",
         "Sessions",
         "N",
         "Private sessions that a user's list keeps, the newest, to 1000000; 0: all",
         number(d.storage.private_sessions_of_user),
         program::count_into(o.storage.private_sessions_of_user, 0, 1'000'000)},
        {"--drain-timeout",
         "Sessions",
         "DURATION",
         "From SIGTERM to the end; closes are spread over it, 0 to 1h",
         program::to_string(d.drain_timeout),
         program::duration_into(o.drain_timeout, 0s, 1h)},
        {"--heartbeat-interval",
         "Sessions",
         "DURATION",
         "A connection silent for so long is closed, 100ms to 24h",
         program::to_string(d.heartbeat_interval),
         program::duration_into(o.heartbeat_interval, 100ms, 24h)},
        {"--request-memory",
         "Sessions",
         "N",
         "Sends with a request_id that are remembered for 300s, 0 to 100000000; 0: none",
         number(d.storage.requests),
         program::count_into(o.storage.requests, 0, 100'000'000)},
        {"--max-connections-per-user",
         "Sessions",
         "N",
         "Connections of a user at once; one more closes the oldest; 0 to 1000000; 0: no limit",
         number(d.connections_per_user),
         program::count_into(o.connections_per_user, 0, 1'000'000)},
    };
}

std::vector<program::flag> limit_flags(live_options& o) {
    auto all = connection_flags(o.gateway);
    std::ranges::move(quota_flags(o.quotas), std::back_inserter(all));
    std::ranges::move(memory_flags(o), std::back_inserter(all));
    return all;
}

}  // namespace gim::cmd
