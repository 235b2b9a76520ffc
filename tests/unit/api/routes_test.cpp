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
    std::string allow;
};

outcome ask(std::string_view method, std::string_view target) {
    const auto parsed = gim::net::parse_target(target);
    REQUIRE(parsed.has_value());
    const auto m = match(method, parsed->segments);
    return {m.found, std::string(m.id), m.allow};
}

std::string replace_id(std::string_view path, std::string_view id) {
    std::string text(path);
    if (const auto at = text.find("{id}"); at != std::string::npos) {
        text.replace(at, 4, id);
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
        CHECK(o.allow.empty());
    }
}

TEST_CASE("only what tells nothing about users needs no token") {
    for (const auto& r : routes) {
        CAPTURE(r.path);
        CHECK((r.who == access::token) == r.path.starts_with("/v1/"));
    }
}

TEST_CASE("an id is decoded, and a slash in it does not split the path") {
    CHECK(ask("GET", "/v1/users/a%40b").id == "a@b");
    CHECK(ask("GET", "/v1/rooms/x%2Fmembers").id == "x/members");
    CHECK(ask("GET", "/v1/sessions/1:9999/messages?limit=3").id == "1:9999");
}

TEST_CASE("HEAD finds what GET finds, but not what POST does") {
    for (const auto& r : routes) {
        CAPTURE(r.path);
        const auto o = ask("HEAD", replace_id(r.path, "x"));
        CHECK(o.found == (r.method == "GET" ? &r : nullptr));
    }
}

TEST_CASE("a method that a path does not take is told which ones it takes") {
    for (const auto* method : {"DELETE", "PUT", "PATCH", "OPTIONS", "TRACE", "get", "X"}) {
        for (const auto& r : routes) {
            CAPTURE(method);
            CAPTURE(r.path);
            const auto o = ask(method, replace_id(r.path, "x"));
            CHECK(o.found == nullptr);
            CHECK(o.allow == (r.method == "GET" ? "GET, HEAD" : "POST"));
        }
    }
    CHECK(ask("POST", "/v1/rooms").allow == "GET, HEAD");
    CHECK(ask("GET", "/v1/messages").allow == "POST");
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
