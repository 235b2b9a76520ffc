#pragma once

#include "ask/service_url.hpp"
#include "auth/authority.hpp"
#include "gim/settings/live_options.hpp"
#include "net/address.hpp"
#include "observe/trace/recorder.hpp"
#include "program/duration.hpp"
#include "program/log/log_format.hpp"
#include "storage/redis/redis_place.hpp"
#include "websocket/deflater.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace gim::cmd {

enum class message_protocol { json, proto };

enum class store_kind { memory, redis };

// As many as the machine has cores, 1 to 256.
std::size_t default_gateway_workers() noexcept;

// What `gim serve` can be told. What is not of live_options counts from the start to the end. The
// limits are those that parse_command_line() keeps.
struct serve_options : live_options {
    // Where the WebSocket gateway and the HTTP API listen.
    net::address gateway_address{std::nullopt, 8080};
    net::address api_address{std::nullopt, 8081};

    // PEM files of the certificate chain and its key: both doors speak TLS. Both empty: neither
    // does.
    std::string tls_cert;
    std::string tls_key;

    // Threads of the gateway, 1 to 256. More than cores only costs memory and context switches.
    std::size_t gateway_workers = default_gateway_workers();

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
    program::duration push_interval = std::chrono::milliseconds(200);

    // How many rooms push at the same time, 0 to 1000000; 0: no limit. Larger: more members are
    // written to at once, so that other work waits longer.
    std::size_t push_concurrency_limit = 0;

    // The HTTP field that is echoed in the answer and written in the log line.
    std::string trace_header = "trace";

    // Whose messages are followed from the beginning, and how many may be: users, and lines of the
    // log a second for each.
    std::vector<std::string> traced_users;
    trace::recorder_options tracing;

    // Where messages, rooms and users are kept; redis: where that is.
    store_kind store = store_kind::memory;
    storage::redis_place redis;

    // Where clients reach this process, as others are to tell them; empty: nobody is sent here.
    std::string advertised_address;

    // Where all that is kept is written when the server has drained, for the next process to go on
    // with; empty: nowhere.
    std::string snapshot;

    // The API has /debug/pprof/. Larger by the names of all functions, some MB.
    bool profiling = false;

    // Messages are compressed for clients that offer permessage-deflate. Costs CPU for each frame
    // that is compressed, once however many are sent it, and 300 KiB a worker.
    bool compression = false;
    websocket::deflate_options deflate;

    // How long frames to a busy connection wait for more to go in the same system call, 0 to 1s.
    // Larger: fewer system calls, later messages.
    program::duration write_coalesce = std::chrono::milliseconds(1);

    // Where the log goes; empty: to stderr. SIGHUP opens it again.
    std::string log_file;

    // How its lines look.
    program::log_form log_lines = program::log_form::text;

    // The file that names the process that serves; empty: there is none.
    std::string pid_file;

    // none: who reaches the gateway logs in as anybody. token: a login needs a JWT that one of the
    // keys signed. url: a login is asked of the service at auth_url.
    auth::login_mode auth = auth::login_mode::none;

    // With auth none, clients from beyond this machine are refused, as Redis does without a
    // password, unless this is true.
    bool insecure = false;

    // The login service, with auth url only.
    std::optional<ask::service_url> auth_url;

    // How long it may take to answer, 10ms to 5s. Larger: a slow one holds logins for longer.
    program::duration auth_timeout = std::chrono::seconds(1);

    // Questions to it on their way at once, 0 to 10000; 0: no limit. Larger: more sockets.
    std::size_t auth_url_in_flight = 64;

    // Answers of it that are kept if they say so, 0 to 10000000; 0: none. Larger: memory, some 300
    // bytes each, and 40 for each room that they list.
    std::size_t auth_url_cache = 10'000;
};

}  // namespace gim::cmd
