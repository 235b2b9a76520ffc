#include "tools/client/http_dialect.hpp"

#include "unit/tools/client/events.hpp"
#include "unit/tools/client/server_bytes.hpp"

#include <doctest/doctest.h>

using namespace gim::client;

namespace {

std::string answer(const std::string& status, const std::string& body) {
    return "HTTP/1.1 " + status +
           "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

}  // namespace

TEST_CASE("answers are found in whatever cut they come, and told by their status") {
    const std::string bytes = answer("200 OK", "{\"status\":\"ok\"}") +
                              answer("200 OK", std::string(100, 'x')) +
                              answer("403 Forbidden", "{}") + answer("200 OK", "");
    for (const auto& cut : all_cuts(bytes)) {
        http_dialect speaks;
        events seen;
        std::string sent;
        for (const std::string_view piece : cut) {
            speaks.feed(piece, sent, seen);
        }
        REQUIRE(seen.ready == 1);
        REQUIRE(seen.answers == std::vector<bool>{true, false, true});
        REQUIRE(seen.failures.empty());
        REQUIRE(sent.empty());
    }
}

TEST_CASE("an API that is not healthy, or answers without a length, is a failure") {
    for (const std::string& bytes :
         {answer("503 Service Unavailable", "{}"),
          std::string("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbody"),
          std::string(100'000, 'x')}) {
        http_dialect speaks;
        events seen;
        std::string sent;
        speaks.feed(bytes, sent, seen);
        CHECK(seen.failures.size() == 1);
        CHECK(seen.ready == 0);
    }
}

TEST_CASE("a question is a request with the token") {
    std::string out;
    http_dialect::ask_history("1:r0", 50, "a.b.c", out);
    CHECK(out.starts_with("GET /v1/sessions/1:r0/messages?limit=50 HTTP/1.1\r\n"));
    CHECK(out.find("\r\nAuthorization: Bearer a.b.c\r\n") != std::string::npos);
    CHECK(out.ends_with("\r\n\r\n"));
}
