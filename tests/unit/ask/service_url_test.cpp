#include "ask/service_url.hpp"

#include "support/show_result.hpp"

#include <doctest/doctest.h>

#include <string>

using gim::ask::parse_service_url;

TEST_CASE("the URL of a login service") {
    struct row {
        const char* text;
        const char* host;
        unsigned port;
        const char* authority;
        const char* target;
    };
    for (const auto& r : {
             row{"http://127.0.0.1:9000/login", "127.0.0.1", 9000, "127.0.0.1:9000", "/login"},
             row{"http://localhost", "localhost", 80, "localhost", "/"},
             row{"HTTP://Id.example/", "Id.example", 80, "Id.example", "/"},
             row{"http://id_1-a.example:1?key=x/y@z",
                 "id_1-a.example",
                 1,
                 "id_1-a.example:1",
                 "/?key=x/y@z"},
             row{"http://[::1]:65535/a/b?c=d&e", "::1", 65535, "[::1]:65535", "/a/b?c=d&e"},
             row{"http://[fd00::2]", "fd00::2", 80, "[fd00::2]", "/"},
         }) {
        CAPTURE(r.text);
        const auto url = parse_service_url(r.text);
        REQUIRE(url);
        CHECK(url->host == r.host);
        CHECK(url->port == r.port);
        CHECK(url->authority == r.authority);
        CHECK(url->target == r.target);
    }
}

TEST_CASE("what is no such URL is refused, and not repeated") {
    for (const std::string text :
         {"",
          "http://",
          "http:///path",
          "http:/host/path",
          "//host/path",
          "host:80/path",
          "ftp://host/",
          "http://user:secret@host/",
          "http://user@host/",
          "http://host:0/",
          "http://host:65536/",
          "http://host:-1/",
          "http://host:+1/",
          "http://host:80x/",
          "http://host:/",
          "http://:80/",
          "http://ho st/",
          "http://host/a b",
          "http://host/#part",
          "http://host/a\r\nX-Header: 1",
          "http://host/\x7f",
          "http://h\xc3\xb6st/",
          "http://[::1",
          "http://[]/",
          "http://[127.0.0.1]/",
          "http://[::1]80/",
          "http://::1/",
          "http://host\\path/"}) {
        CAPTURE(text);
        const auto url = parse_service_url(text);
        REQUIRE(url.has_error());
        CHECK(url.error().message == "must be http://HOST[:PORT]/PATH");
    }
    CHECK(parse_service_url("http://h/" + std::string(2100, 'a')).has_error());
    CHECK(parse_service_url("http://" + std::string(254, 'a') + "/").has_error());
    const auto secure = parse_service_url("HTTPS://host/");
    REQUIRE(secure.has_error());
    CHECK(secure.error().message.starts_with("https is not spoken: name a proxy"));
}
