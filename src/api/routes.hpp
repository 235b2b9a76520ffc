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
    health,
    readiness,
    version,
    openapi
};

enum class access { anyone, token };

struct route {
    std::string_view method;  // GET is HEAD too
    std::string_view path;    // "{id}" stands for any one segment that is not empty
    endpoint what;
    access who;
};

// Everything that the HTTP API has. openapi.yaml describes the same.
inline constexpr std::array routes{
    route{"GET", "/v1/sessions/{id}/messages", endpoint::history, access::token},
    route{"GET", "/v1/sessions", endpoint::sessions, access::token},
    route{"GET", "/v1/users/{id}", endpoint::user, access::token},
    route{"GET", "/v1/rooms", endpoint::rooms, access::token},
    route{"GET", "/v1/rooms/{id}", endpoint::room, access::token},
    route{"GET", "/v1/rooms/{id}/members", endpoint::members, access::token},
    route{"POST", "/v1/messages", endpoint::send, access::token},
    route{"GET", "/healthz", endpoint::health, access::anyone},
    route{"GET", "/readyz", endpoint::readiness, access::anyone},
    route{"GET", "/version", endpoint::version, access::anyone},
    route{"GET", "/openapi.yaml", endpoint::openapi, access::anyone},
};

struct route_match {
    const route* found = nullptr;  // null: no such path, or it does not take this method
    std::string_view id;           // what stood for {id}; a part of the segments given
    // Not found: the methods that the path takes, as the field Allow has them (RFC 9110, 10.2.1);
    // empty if there is no such path.
    std::string allow;
};

// `segments` are those of net::request_target. The match is valid as long as they are.
route_match match(std::string_view method, std::span<const std::string> segments);

}  // namespace gim::api
