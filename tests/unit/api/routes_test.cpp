#include "api/routes.hpp"

#include "net/query.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace gim::api;

namespace {

struct outcome {
    const route* found;
    std::string id;
    std::string user;
    std::string allow;
};

outcome ask(std::string_view method, std::string_view target) {
    const auto parsed = gim::net::parse_target(target);
    REQUIRE(parsed.has_value());
    const auto m = match(method, parsed->segments);
    return {m.found, std::string(m.id), std::string(m.user), m.allow};
}

std::string replace_id(std::string_view path, std::string_view id, std::string_view user = "u") {
    std::string text(path);
    if (const auto at = text.find("{id}"); at != std::string::npos) {
        text.replace(at, 4, id);
    }
    if (const auto at = text.find("{user}"); at != std::string::npos) {
        text.replace(at, 6, user);
    }
    return text;
}

// The methods that the path takes, as Allow says them.
std::string allowed(std::string_view path) {
    std::string text;
    for (const auto& r : routes) {
        if (r.path == path) {
            text += text.empty() ? "" : ", ";
            text += r.method == "GET" ? "GET, HEAD" : r.method;
        }
    }
    return text;
}

}  // namespace

TEST_CASE("every route is found by its path, with the id that stands in it") {
    for (const auto& r : routes) {
        CAPTURE(r.path);
        const auto o = ask(r.method, replace_id(r.path, "a.b-c_d@e"));
        CHECK(o.found == &r);
        CHECK(o.id == (r.path.find("{id}") == std::string_view::npos ? "" : "a.b-c_d@e"));
        CHECK(o.user == (r.path.find("{user}") == std::string_view::npos ? "" : "u"));
        CHECK(o.allow.empty());
    }
}

TEST_CASE("only what tells nothing about users, and what is for operators, needs no token") {
    for (const auto& r : routes) {
        CAPTURE(r.path);
        const bool is_of_the_service = r.who == access::anyone || r.who == access::operators;
        // A client asks where to connect before it is anybody.
        const bool is_asked_first = r.path == "/v1/route";
        const bool tells_of_users =
            (r.path.starts_with("/v1/") && !is_asked_first) || r.path.starts_with("/debug/");
        CHECK(is_of_the_service != tells_of_users);
        CHECK((r.who == access::inspectors) == r.path.starts_with("/debug/"));
    }
}

TEST_CASE("an id is decoded, and a slash in it does not split the path") {
    CHECK(ask("GET", "/v1/users/a%40b").id == "a@b");
    CHECK(ask("GET", "/v1/rooms/x%2Fmembers").id == "x/members");
    CHECK(ask("GET", "/v1/sessions/1:9999/messages?limit=3").id == "1:9999");
    const auto both = ask("PUT", "/v1/rooms/a%40b/members/c%2Fd");
    CHECK(both.id == "a@b");
    CHECK(both.user == "c/d");
}

TEST_CASE("HEAD finds what GET finds, but not what POST does") {
    for (const auto& r : routes) {
        CAPTURE(r.path);
        const auto o = ask("HEAD", replace_id(r.path, "x"));
        const bool is_found = o.found != nullptr;
        CHECK(is_found == (allowed(r.path).starts_with("GET")));
        CHECK((!is_found || o.found->method == "GET"));
    }
}

TEST_CASE("a method that a path does not take is told which ones it takes") {
    for (const auto* method : {"PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "X"}) {
        for (const auto& r : routes) {
            CAPTURE(method);
            CAPTURE(r.path);
            const auto o = ask(method, replace_id(r.path, "x"));
            CHECK(o.found == nullptr);
            CHECK(o.allow == allowed(r.path));
        }
    }
    CHECK(ask("POST", "/v1/rooms").allow == "GET, HEAD");
    CHECK(ask("GET", "/v1/messages").allow == "POST");
    CHECK(ask("POST", "/v1/rooms/x").allow == "GET, HEAD, PUT, DELETE");
    CHECK(ask("GET", "/v1/rooms/x/members/y").allow == "PUT, DELETE");
}

TEST_CASE("nothing is found beside, above or below a route") {
    for (const auto* target :
         {"/",
          "",
          "*",
          "/v1",
          "/v1/",
          "/v1/users",
          "/v1/users/",
          "/v1/users//",
          "/v1/users/x/y",
          "/v1/rooms/",
          "/v1/rooms//members",
          "/v1/rooms/x/members/",
          "/v1/rooms/x/members/y/z",
          "/v1/users/x/connections/",
          "/v1/sessions/1:x",
          "//v1/rooms",
          "/V1/rooms",
          "/healthz/",
          "/healthz/x",
          "/v1/{id}"}) {
        CAPTURE(target);
        const auto o = ask("GET", target);
        CHECK(o.found == nullptr);
        CHECK(o.allow.empty());
    }
}
