#pragma once

#include "auth/api_keys.hpp"
#include "auth/token_parties.hpp"
#include "gateway/gateway_options.hpp"
#include "net/admission.hpp"
#include "net/door_rules.hpp"
#include "net/http_head.hpp"
#include "node/quotas.hpp"
#include "program/duration.hpp"
#include "storage/memory_limits.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace gim::cmd {

// What --max-memory may be, if there is a limit.
inline constexpr std::size_t least_max_memory = std::size_t{4} << 20;
inline constexpr std::size_t largest_max_memory = std::size_t{1} << 40;

// A quarter of a machine's memory in whole MiB, but no less and no more than --max-memory may be.
std::size_t quarter_of(std::size_t machine_bytes) noexcept;
// That of this machine.
std::size_t quarter_of_memory() noexcept;

// What `gim serve` can be told, and again while it runs, by SIGHUP: limits, keys, and whom it lets
// in. The comment says the meaning, the unit and what a larger value costs.
struct live_options {
    // How many may come in.
    net::admission_options admission;

    // Whom both doors believe, and which pages they let in.
    net::door_rules doors;

    // What one HTTP request may have, at both doors.
    net::http_limits http;

    // How long a request's head may take, and its body; how long a connection may ask nothing.
    // Larger: strangers hold a connection for longer.
    program::duration http_header_timeout = std::chrono::seconds(5);
    program::duration http_body_timeout = std::chrono::seconds(10);
    program::duration http_idle_timeout = std::chrono::seconds(60);

    // A connection from which nothing came for so long is closed; pings go out at half of it.
    // 100ms to 24h. Larger: dead connections stay longer.
    program::duration heartbeat_interval = std::chrono::seconds(60);

    // What one WebSocket connection may take.
    gateway::gateway_options gateway{.pending_bytes = quarter_of_memory()};

    // What users may take of rooms.
    node::quota_options quotas;

    // What is kept in memory, in all workers together.
    storage::memory_limits storage{.history_bytes = quarter_of_memory()};

    // From SIGTERM to the end at the latest, 0 to 1h; the closes are spread over it. Larger:
    // gentler to where the clients go, and a longer deployment.
    program::duration drain_timeout = std::chrono::seconds(25);

    // trace, debug, info, warn, error or off.
    std::string log_level = "info";

    // Files with one public key each in PEM, "KID=FILE" or "FILE": the key whose id a token names,
    // or the one for tokens without.
    std::vector<std::string> auth_keys;

    // Files with keys as JSON Web Key Sets.
    std::vector<std::string> auth_jwks;

    // Checks the tokens of issuers that know it, and with auth none signs those that logins hand
    // out; at least 16 bytes. Empty: with auth none a random one, so tokens end with the process.
    std::string token_secret;

    // Who tokens must be from (`iss`) and for (`aud`); empty: not looked at.
    auth::token_parties token_parties;

    // The keys of back ends, for the HTTP API.
    auth::api_keys api_keys;
    // Keys that open GET /metrics and nothing else.
    auth::api_keys metrics_keys;

    // Connections that a user may have at once, 0 to 1000000; 0: no limit. One more closes the
    // user's oldest. Larger: a message to a user is written to as many sockets.
    std::size_t connections_per_user = 8;

    // How long a token that a login hands out is valid, 1s to 8760h. Larger: a stolen one is of use
    // for longer.
    program::duration token_ttl = std::chrono::hours(24);
};

}  // namespace gim::cmd
