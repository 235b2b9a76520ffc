#pragma once

#include "api/pprof_handler.hpp"
#include "auth/api_keys.hpp"
#include "net/door_rules.hpp"
#include "net/http_head.hpp"
#include "net/tls_context.hpp"
#include "worker/memory_budget.hpp"
#include "worker/memory_part.hpp"

#include <chrono>
#include <string>

namespace gim::api {

struct api_options {
    // What connections begin TLS with. Null: they are plain. Borrowed.
    const net::tls_context* tls = nullptr;

    // The field of a request that is echoed in the answer and written in the log line, so that one
    // request can be followed through several programs. Empty: none. REQUIRES: a field name of
    // RFC 9110, 5.1, or empty.
    std::string trace_header = "trace";
    // The keys of the back ends, which may administrate. None: nobody may.
    auth::api_keys keys;
    // Keys that open GET /metrics and nothing else.
    auth::api_keys metrics_keys;
    // Whether GET /debug/pprof/... answers. On: the names of all functions are kept, some MB.
    pprof_handler::switched profiling = pprof_handler::switched::off;
    // What GET /version says.
    std::string version;

    // The head of a request must be whole within this time after its first byte, and that of a
    // connection's first request, its TLS handshake included, within this time after the connection
    // was made; or it is closed.
    std::chrono::steady_clock::duration head_timeout = std::chrono::seconds(5);
    // The body must be whole within this time after the head, or the connection is closed.
    std::chrono::steady_clock::duration body_timeout = std::chrono::seconds(10);
    // A connection that asks nothing for so long after an answer is closed. Larger: fewer new
    // connections for clients that ask now and then, more memory for those that do not come back.
    std::chrono::steady_clock::duration idle_timeout = std::chrono::seconds(60);
    // The client must have taken a whole answer within this time, or the connection is closed.
    std::chrono::steady_clock::duration write_timeout = std::chrono::seconds(10);
    // How long a connection whose last answer is written waits for the client to close its side.
    std::chrono::steady_clock::duration close_timeout = std::chrono::seconds(2);

    // What waits at both doors. No long body is read while more than seven eighths of it are used.
    // Null: there is no limit. Borrowed.
    worker::memory_budget* memory = nullptr;
    // How much bodies that are read and answers that are written may have of what waits at both
    // doors. Null: there is no limit. Borrowed.
    worker::memory_part* unfinished = nullptr;

    net::http_limits http;
    net::door_rules doors;
};

}  // namespace gim::api
