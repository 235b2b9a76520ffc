#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

namespace gim::api {

enum class endpoint {
    history,
    sessions,
    user,
    rooms,
    room,
    members,
    send,
    send_many,
    create_room,
    dismiss_room,
    add_member,
    remove_member,
    disconnect,
    counters,
    nodes,
    trace_list,
    trace_start,
    trace_stop,
    trace_show,
    metrics,
    debug_connections,
    debug_rooms,
    debug_workers,
    pprof_profile,
    pprof_heap,
    pprof_cmdline,
    pprof_symbol,   // how many there are
    pprof_symbols,  // by their addresses
    route,
    health,
    readiness,
    version,
    openapi
};

enum class access {
    anyone,
    caller,     // a user with a token, or a back end
    user,       // a user with a token
    back_end,   // with an API key
    operators,  // with an API key or one for the metrics, or of this machine
    inspectors  // with an API key, or of this machine
};

struct route {
    std::string_view method;  // GET is HEAD too
    std::string_view path;    // "{id}" and "{user}" stand for any one segment that is not empty
    endpoint what;
    access who;
};

// Everything that the HTTP API has. openapi.yaml describes the same.
inline constexpr std::array routes{
    route{"GET", "/v1/sessions/{id}/messages", endpoint::history, access::caller},
    route{"GET", "/v1/sessions", endpoint::sessions, access::user},
    route{"GET", "/v1/users/{id}", endpoint::user, access::caller},
    route{"GET", "/v1/rooms", endpoint::rooms, access::caller},
    route{"GET", "/v1/rooms/{id}", endpoint::room, access::caller},
    route{"GET", "/v1/rooms/{id}/members", endpoint::members, access::caller},
    route{"POST", "/v1/messages", endpoint::send, access::caller},
    route{"POST", "/v1/messages/batch", endpoint::send_many, access::back_end},
    route{"PUT", "/v1/rooms/{id}", endpoint::create_room, access::back_end},
    route{"DELETE", "/v1/rooms/{id}", endpoint::dismiss_room, access::back_end},
    route{"PUT", "/v1/rooms/{id}/members/{user}", endpoint::add_member, access::back_end},
    route{"DELETE", "/v1/rooms/{id}/members/{user}", endpoint::remove_member, access::back_end},
    route{"DELETE", "/v1/users/{id}/connections", endpoint::disconnect, access::back_end},
    route{"GET", "/v1/counters", endpoint::counters, access::back_end},
    route{"GET", "/v1/nodes", endpoint::nodes, access::back_end},
    route{"GET", "/v1/trace/users", endpoint::trace_list, access::back_end},
    route{"GET", "/v1/trace/users/{id}", endpoint::trace_show, access::back_end},
    route{"PUT", "/v1/trace/users/{id}", endpoint::trace_start, access::back_end},
    route{"DELETE", "/v1/trace/users/{id}", endpoint::trace_stop, access::back_end},
    route{"GET", "/metrics", endpoint::metrics, access::operators},
    route{"GET", "/debug/connections", endpoint::debug_connections, access::inspectors},
    route{"GET", "/debug/rooms", endpoint::debug_rooms, access::inspectors},
    route{"GET", "/debug/workers", endpoint::debug_workers, access::inspectors},
    route{"GET", "/debug/pprof/profile", endpoint::pprof_profile, access::inspectors},
    route{"GET", "/debug/pprof/heap", endpoint::pprof_heap, access::inspectors},
    route{"GET", "/debug/pprof/cmdline", endpoint::pprof_cmdline, access::inspectors},
    route{"GET", "/debug/pprof/symbol", endpoint::pprof_symbol, access::inspectors},
    route{"POST", "/debug/pprof/symbol", endpoint::pprof_symbols, access::inspectors},
    route{"GET", "/v1/route", endpoint::route, access::anyone},
    route{"GET", "/healthz", endpoint::health, access::anyone},
    route{"GET", "/readyz", endpoint::readiness, access::anyone},
    route{"GET", "/version", endpoint::version, access::anyone},
    route{"GET", "/openapi.yaml", endpoint::openapi, access::anyone},
};

// Whether a route tells of the server itself: for its operators and for no page in a browser.
constexpr bool is_for_operators(const route& r) noexcept {
    return r.who == access::operators || r.who == access::inspectors;
}

struct route_match {
    const route* found = nullptr;  // null: no such path, or it does not take this method
    // What stood for {id} and {user}; parts of the segments given.
    std::string_view id;
    std::string_view user;
    // Not found: the methods that the path takes, as the field Allow has them (RFC 9110, 10.2.1);
    // empty if there is no such path.
    std::string allow;
    // A route of that path, whatever its method. Null: there is no such path.
    const route* of_path = nullptr;
};

// `segments` are those of net::request_target. The match is valid as long as they are.
route_match match(std::string_view method, std::span<const std::string> segments);

}  // namespace gim::api
