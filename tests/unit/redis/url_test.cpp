#include "redis/url.hpp"

#include "support/show_result.hpp"

#include <doctest/doctest.h>

#include <string>

using gim::redis::parse_url;

TEST_CASE("the URL of a Redis") {
    struct row {
        const char* text;
        const char* host;
        unsigned port;
        const char* user;
        const char* password;
        unsigned database;
        const char* where;
    };
    for (const auto& r : {
             row{"redis://127.0.0.1", "127.0.0.1", 6379, "", "", 0, "127.0.0.1:6379"},
             row{"redis://cache_1-a.example/",
                 "cache_1-a.example",
                 6379,
                 "",
                 "",
                 0,
                 "cache_1-a.example:6379"},
             row{"redis://localhost:1/0", "localhost", 1, "", "", 0, "localhost:1"},
             row{"redis://localhost:65535/15", "localhost", 65535, "", "", 15, "localhost:65535"},
             row{"redis://h/999999", "h", 6379, "", "", 999'999, "h:6379"},
             row{"redis://[::1]", "::1", 6379, "", "", 0, "[::1]:6379"},
             row{"redis://[fd00::2]:7000/3", "fd00::2", 7000, "", "", 3, "[fd00::2]:7000"},
             row{"redis://:pass@h", "h", 6379, "", "pass", 0, "h:6379"},
             row{"redis://ann:pass@h:7000/2", "h", 7000, "ann", "pass", 2, "h:7000"},
             row{"redis://ann:p:a:ss@[::1]:7000", "::1", 7000, "ann", "p:a:ss", 0, "[::1]:7000"},
             row{"redis://ann:p@ss@h", "h", 6379, "ann", "p@ss", 0, "h:6379"},
             row{"redis://a%3an:p%40%2F%3a%25%C3%a9@h",
                 "h",
                 6379,
                 "a:n",
                 "p@/:%\xc3\xa9",
                 0,
                 "h:6379"},
         }) {
        CAPTURE(r.text);
        const auto url = parse_url(r.text);
        REQUIRE(url);
        CHECK(url->host == r.host);
        CHECK(url->port == r.port);
        CHECK(url->user == r.user);
        CHECK(url->password == r.password);
        CHECK(url->database == r.database);
        CHECK(url->where() == r.where);
    }
}

TEST_CASE("what is no such URL is refused, and not repeated: it may hold a password") {
    for (const std::string text :
         {"",
          "redis",
          "redis:",
          "redis://",
          "redis:///0",
          "redis:/secret@host",
          "//host",
          "host:6379",
          "http://host",
          "unix:///run/redis.sock",
          "redis://secret@host",
          "redis://ann:@host",
          "redis://:@host",
          "redis://ann:secret@",
          "redis://ann:secret@:6379",
          "redis://ann:sec%@host",
          "redis://ann:sec%2@host",
          "redis://ann:sec%zz@host",
          "redis://ann:sec%-1@host",
          "redis://a%zz:secret@host",
          "redis://ann:sec/ret@host",
          "redis://ann:sec ret@host",
          "redis://ann:sec\tret@host",
          "redis://ann:s\xc3\xa9\x63ret@host",
          "redis://host:",
          "redis://host:0",
          "redis://host:65536",
          "redis://host:-1",
          "redis://host:+1",
          "redis://host:1x",
          "redis://host/x",
          "redis://host/-1",
          "redis://host/1/",
          "redis://host/1000000",
          "redis://host/99999999999",
          "redis://host?db=1",
          "redis://ho%73t",
          "redis://host#1",
          "redis://host,other",
          "redis://::1",
          "redis://[::1",
          "redis://[]",
          "redis://[::1]7000",
          "redis://host\r\nFLUSHALL"}) {
        CAPTURE(text);
        const auto url = parse_url(text);
        REQUIRE(url.has_error());
        CHECK(url.error().message.starts_with(
            "must be redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]: "
        ));
        CHECK(url.error().message.find("secret") == std::string::npos);
    }
    CHECK(parse_url(std::string("redis://ho\0st", 13)).has_error());
    CHECK(parse_url("redis://" + std::string(253, 'a')));
    CHECK(parse_url("redis://" + std::string(254, 'a')).has_error());
    CHECK(parse_url("redis://:" + std::string(2100, 'a') + "@h").has_error());
}

TEST_CASE("the error says which part of the URL is wrong") {
    struct row {
        const char* text;
        const char* how;
    };
    for (const auto& r : {
             row{"localhost:6379", "it begins with redis://"},
             row{"redis://secret@host", "in front of @ stands USER:PASSWORD"},
             row{"redis://ann:se%cret@host", "% begins two hexadecimal digits"},
             row{"redis://ann:@host", "the password is empty"},
             row{"redis://ann:sec ret@host", "character 16 is a space"},
             row{"redis://ann:secret@", "the host is missing"},
             row{"redis://a,b", "the host is one name"},
             row{"redis://host:0", "the port is 1 to 65535"},
             row{"redis://[::1", "the bracket of the IPv6 address is not closed"},
             row{"redis://host/db", "behind the / stands the number of a database"},
         }) {
        CAPTURE(r.text);
        const auto url = parse_url(r.text);
        REQUIRE(url.has_error());
        CHECK(url.error().message.find(r.how) != std::string::npos);
    }
}

TEST_CASE("who asks for TLS is told what to do instead, without the password") {
    for (const auto* const text : {"rediss://ann:secret@host:6380/1", "rediss://"}) {
        const auto url = parse_url(text);
        REQUIRE(url.has_error());
        CHECK(url.error().message.starts_with("rediss is not spoken: "));
        CHECK(url.error().message.find("secret") == std::string::npos);
    }
}
