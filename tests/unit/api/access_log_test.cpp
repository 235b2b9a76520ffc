#include "api/access_log.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace gim::api;
using std::chrono::microseconds;

TEST_CASE("a trace value is printable ASCII of 1 to 128 bytes") {
    for (const std::string& good :
         {std::string("abc-123"),
          std::string("a b\"c\\"),
          std::string("~"),
          std::string(128, 'x')}) {
        CHECK(trace_value(good) == good);
    }
    for (const std::string& bad :
         {std::string(),
          std::string(129, 'x'),
          std::string("a\tb"),
          std::string("a\r\nSet-Cookie: x"),
          std::string("a\0b", 3),
          std::string("\x7f"),
          std::string("caf\xc3\xa9"),
          std::string("\xff")}) {
        CAPTURE(bad);
        CHECK_FALSE(trace_value(bad).has_value());
    }
}

TEST_CASE("the line has method, path, status, trace and time") {
    CHECK(
        access_line("GET", "/v1/rooms", 200, "abc", microseconds(234)) ==
        "GET /v1/rooms 200 trace=abc 0.2ms"
    );
    CHECK(
        access_line("POST", "/v1/messages", 413, std::nullopt, microseconds(12'000)) ==
        "POST /v1/messages 413 12.0ms"
    );
}

TEST_CASE("the query, where a token may be, is left out") {
    CHECK(
        access_line("GET", "/v1/rooms?token=secret", 200, std::nullopt, {}) ==
        "GET /v1/rooms 200 0.0ms"
    );
    CHECK(request_name("GET", "/?token=secret") == "GET /");
}

TEST_CASE("no value can make up another part of the line") {
    CHECK(
        access_line("GET", "/a\n\x1b[31m", 200, "x 500 \"y\\", {}) ==
        R"(GET /a\x0a\x1b[31m 200 trace=x\x20500\x20\x22y\x5c 0.0ms)"
    );
}
