#pragma once

#include "ask/service_url.hpp"
#include "auth/api_keys.hpp"
#include "auth/authority.hpp"
#include "gateway/gateway_options.hpp"
#include "gim/duration.hpp"
#include "gim/log_format.hpp"
#include "net/address.hpp"
#include "net/admission.hpp"
#include "net/door_rules.hpp"
#include "net/http_head.hpp"
#include "session/quotas.hpp"
#include "storage/memory_limits.hpp"
#include "trace/recorder.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gim::cmd {

enum class message_protocol { json, proto };

// As many as the machine has cores, 1 to 256.
std::size_t default_gateway_workers() noexcept;
// A quarter of the machine's memory.
std::size_t quarter_of_memory() noexcept;

// What `gim serve` can be told. The comment says the meaning, the unit and what a larger value
// costs; the limits are those that parse_command_line() keeps.
struct serve_options {
    // Where the WebSocket gateway and the HTTP API listen.
    net::address gateway_address{std::nullopt, 8080};
    net::address api_address{std::nullopt, 8081};

    // PEM files of the certificate chain and its key: both doors speak TLS. Both empty: neither
    // does.
    std::string tls_cert;
    std::string tls_key;

    // Threads of the gateway, 1 to 256. More than cores only costs memory and context switches.
    std::size_t gateway_workers = default_gateway_workers();

    // How many may come in.
    net::admission_options admission;

    // Whom both doors believe, and which pages they let in.
    net::door_rules doors;

    // What one HTTP request may have, at both doors.
    net::http_limits http;

    // How long a request's head may take, and its body; how long a connection may ask nothing.
    // Larger: strangers hold a connection for longer.
    duration http_header_timeout = std::chrono::seconds(5);
    duration http_body_timeout = std::chrono::seconds(10);
    duration http_idle_timeout = std::chrono::seconds(60);

    // What a connection is pushed before it has sent anything.
    message_protocol protocol = message_protocol::json;

    // false: each interval a room pushes its newest `push_count` messages and drops the older
    // ones. true: nothing is dropped and every message carries its sequence; busy rooms cost more.
    bool message_sequence = false;

    // Messages in one push of a room, 1 to 1000. Larger: larger frames, fewer of them with
    // message_sequence.
    std::size_t push_count = 10;

    // How long a room gathers messages before it pushes, 1ms to 1h. Larger: fewer system calls,
    // later messages.
    duration push_interval = std::chrono::milliseconds(200);

    // How many rooms push at the same time, 0 to 1000000; 0: no limit. Larger: more members are
    // written to at once, so that other work waits longer.
    std::size_t push_concurrency_limit = 0;

    // The HTTP field that is echoed in the answer and written in the log line.
    std::string trace_header = "trace";

    // Whose messages are followed from the beginning, and how many may be: users, and lines of the
    // log a second for each.
    std::vector<std::string> traced_users;
    trace::recorder_options tracing;

    // A connection from which nothing came for so long is closed; pings go out at half of it.
    // 100ms to 24h. Larger: dead connections stay longer.
    duration heartbeat_interval = std::chrono::seconds(60);

    // What one WebSocket connection may take.
    gateway::gateway_options gateway{.pending_bytes = quarter_of_memory()};

    // What users may take of rooms.
    session::quota_options quotas;

    // What is kept in memory, in all workers together.
    storage::memory_limits storage{.history_bytes = quarter_of_memory()};

    // Where all that is kept is written when the server has drained, for the next process to go on
    // with; empty: nowhere.
    std::string snapshot;

    // The API has /debug/pprof/. Larger by the names of all functions, some MB.
    bool profiling = false;

    // Messages are compressed for clients that offer permessage-deflate. Costs CPU for each frame
    // that is compressed, once however many are sent it, and 300 KiB a worker.
    bool compression = false;
    protocol::deflate_options deflate;

    // How long frames to a busy connection wait for more to go in the same system call, 0 to 1s.
    // Larger: fewer system calls, later messages.
    duration write_coalesce = std::chrono::milliseconds(1);

    // From SIGTERM to the end at the latest, 0 to 1h; the closes are spread over it. Larger:
    // gentler to where the clients go, and a longer deployment.
    duration drain_timeout = std::chrono::seconds(25);

    // Where the log goes; empty: to stderr. SIGHUP opens it again.
    std::string log_file;

    // How its lines look.
    log_form log_lines = log_form::text;

    // The file that names the process that serves; empty: there is none.
    std::string pid_file;

    // trace, debug, info, warn, error or off. SIGHUP reads it again.
    std::string log_level = "info";

    // none: who reaches the gateway logs in as anybody. token: a login needs a JWT that one of the
    // keys signed. url: a login is asked of the service at auth_url.
    auth::login_mode auth = auth::login_mode::none;

    // With auth none, clients from beyond this machine are refused, as Redis does without a
    // password, unless this is true.
    bool insecure = false;

    // The login service, with auth url only.
    std::optional<ask::service_url> auth_url;

    // How long it may take to answer, 10ms to 5s. Larger: a slow one holds logins for longer.
    duration auth_timeout = std::chrono::seconds(1);

    // Questions to it on their way at once, 0 to 10000; 0: no limit. Larger: more sockets.
    std::size_t auth_url_in_flight = 64;

    // Answers of it that are kept if they say so, 0 to 10000000; 0: none. Larger: memory, some 300
    // bytes each, and 40 for each room that they list.
    std::size_t auth_url_cache = 10'000;

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

    // Sends with a request_id that are remembered for 300 s, 0 to 100000000; 0: none. Larger:
    // memory, some 250 bytes each.
    std::size_t request_memory = 1'000'000;

    // How long a token that a login hands out is valid, 1s to 8760h. Larger: a stolen one is of use
    // for longer.
    duration token_ttl = std::chrono::hours(24);
};

}  // namespace gim::cmd
