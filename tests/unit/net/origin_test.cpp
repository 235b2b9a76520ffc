#include "net/origin.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

using gim::net::allowed_origins;
using gim::net::normal_origin;

namespace {

bool admits(const allowed_origins& allowed, std::vector<std::string_view> values) {
    return allowed.admit(values);
}

}  // namespace

TEST_CASE("an origin is a scheme, a host and perhaps a port, and has one form") {
    struct row {
        const char* text;
        const char* normal;
    };
    const row rows[] = {
        {"https://game.example", "https://game.example"},
        {"HTTPS://Game.Example", "https://game.example"},
        {"https://game.example:443", "https://game.example"},
        {"http://game.example:80", "http://game.example"},
        {"http://game.example:443", "http://game.example:443"},
        {"https://game.example:80", "https://game.example:80"},
        {"https://game.example:8443", "https://game.example:8443"},
        {"https://game.example:65535", "https://game.example:65535"},
        {"http://localhost:5173", "http://localhost:5173"},
        {"http://127.0.0.1:1", "http://127.0.0.1:1"},
        {"http://[::1]", "http://[::1]"},
        {"http://[::1]:8080", "http://[::1]:8080"},
        {"http://[0:0:0:0:0:0:0:1]", "http://[::1]"},
        {"https://xn--bcher-kva.example", "https://xn--bcher-kva.example"},
        {"https://my_game.example", "https://my_game.example"},
        {"capacitor://localhost", "capacitor://localhost"},
        {"chrome-extension://abcdefghijklmnop", "chrome-extension://abcdefghijklmnop"},
    };
    for (const row& r : rows) {
        CAPTURE(r.text);
        CHECK(normal_origin(r.text).value_or("none") == r.normal);
    }
}

TEST_CASE("what is no origin is none") {
    const std::string long_name(254, 'a');
    const std::string too_long = "https://" + long_name;
    for (const std::string_view text :
         {std::string_view(""),
          std::string_view("null"),
          std::string_view("*"),
          std::string_view("game.example"),
          std::string_view("//game.example"),
          std::string_view("://game.example"),
          std::string_view("https:/game.example"),
          std::string_view("https://"),
          std::string_view("file://"),
          std::string_view("https://game.example/"),
          std::string_view("https://game.example/path"),
          std::string_view("https://game.example?x"),
          std::string_view("https://game.example#x"),
          std::string_view("https://user@game.example"),
          std::string_view("https://game.example:"),
          std::string_view("https://game.example:0"),
          std::string_view("https://game.example:080"),
          std::string_view("https://game.example:65536"),
          std::string_view("https://game.example:+80"),
          std::string_view("https://game.example:80:80"),
          std::string_view("https://game.example:x"),
          std::string_view("https://:443"),
          std::string_view("https://game..example"),
          std::string_view("https://.game.example"),
          std::string_view("https://game.example."),
          std::string_view("https://*.game.example"),
          std::string_view("https://game example"),
          std::string_view(" https://game.example"),
          std::string_view("https://game.example "),
          std::string_view("https://game.example,https://b.example"),
          std::string_view("https://game.example https://b.example"),
          std::string_view("https://b\xC3\xBC"
                           "cher.example"),
          std::string_view("https://game.example\0", 21),
          std::string_view("https://game%2eexample"),
          std::string_view("http://127.0.0.01"),
          std::string_view("http://127.1"),
          std::string_view("http://2130706433"),
          std::string_view("http://[::1"),
          std::string_view("http://::1"),
          std::string_view("http://[::1]x"),
          std::string_view("http://[fe80::1%lo]"),
          std::string_view("http://[]"),
          std::string_view("1http://game.example"),
          std::string_view("ht tp://game.example"),
          std::string_view(too_long)}) {
        CAPTURE(text);
        CHECK_FALSE(normal_origin(text));
    }
}

TEST_CASE("a list admits what it names, exactly, and who sends no Origin") {
    const auto allowed = *allowed_origins::parse("https://game.example,http://localhost:5173");
    CHECK(admits(allowed, {}));
    CHECK(admits(allowed, {"https://game.example"}));
    CHECK(admits(allowed, {"https://game.example:443"}));
    CHECK(admits(allowed, {"http://localhost:5173"}));
    for (const std::string_view other :
         {"http://game.example",
          "https://game.example:8443",
          "https://www.game.example",
          "https://game.example.evil.example",
          "https://evilgame.example",
          "http://localhost",
          "http://localhost:51730",
          "null",
          "",
          "*"}) {
        CAPTURE(other);
        CHECK_FALSE(admits(allowed, {other}));
        CHECK(allowed.cors_value(other).empty());
    }
    CHECK_FALSE(admits(allowed, {"https://game.example", "https://game.example"}));
    CHECK(allowed.cors_value("https://game.example") == "https://game.example");
    CHECK(allowed.has_list());
}

TEST_CASE("a star admits every page, but no request that names two") {
    const auto allowed = *allowed_origins::parse("*");
    CHECK(admits(allowed, {}));
    CHECK(admits(allowed, {"https://any.example"}));
    CHECK(admits(allowed, {"null"}));
    CHECK_FALSE(admits(allowed, {"https://a.example", "https://b.example"}));
    CHECK(allowed.cors_value("https://any.example") == "*");
    CHECK_FALSE(allowed.has_list());
}

TEST_CASE("where nothing is said, the gateway takes every page and the API opens itself to none") {
    const allowed_origins unsaid;
    CHECK(admits(unsaid, {"https://any.example"}));
    CHECK_FALSE(admits(unsaid, {"https://a.example", "https://b.example"}));
    CHECK(unsaid.cors_value("https://any.example").empty());
    CHECK(admits(*allowed_origins::parse(""), {"https://any.example"}));
}

TEST_CASE("a list with anything that is no origin is refused") {
    for (const char* text :
         {",",
          "https://game.example,",
          ",https://game.example",
          "https://game.example,*",
          "*,https://game.example",
          "**",
          "null",
          "game.example",
          "https://game.example, https://b.example",
          "https://game.example/"}) {
        CAPTURE(text);
        CHECK(allowed_origins::parse(text).has_error());
    }
}

TEST_CASE("the error says which entry of the list is no origin, and why") {
    struct row {
        const char* text;
        const char* why;
    };
    for (const auto& r : {
             row{"https://a.example,", "entry 2 is empty"},
             row{",https://a.example", "entry 1 is empty"},
             row{"https://a.example,*", "entry 2 stands alone"},
             row{"https://a.example, https://b.example", "entry 2 has a space"},
             row{"https://a.example,b.example", "entry 2 has no scheme"},
             row{"https://a.example/,https://b.example", "entry 1 has a path"},
             row{"https://*.a.example", "entry 1 has a * in the host"},
             row{"https://ann@a.example", "entry 1 has a user"},
             row{"https://a.example:0", "entry 1 has a port"},
             row{"http://::1", "entry 1 has a port"},
             row{"http://[::1]x", "entry 1 has a host"},
             row{"https://b\xC3\xBC"
                 "cher.example",
                 "entry 1 has a host"},
             row{"http://127.1", "entry 1 has a host"},
         }) {
        CAPTURE(r.text);
        const auto parsed = allowed_origins::parse(r.text);
        REQUIRE(parsed.has_error());
        CHECK(parsed.error().message.find(r.why) != std::string::npos);
    }
}
