#include "net/query.hpp"

#include <doctest/doctest.h>

using namespace gim::net;

TEST_CASE("a target is split into its path, its decoded segments and its parameters") {
    const auto t = parse_target("/v1/sessions/2%3Aa:b%40c/messages?limit=5&after=x%20y");
    REQUIRE(t.has_value());
    CHECK(t->path == "/v1/sessions/2%3Aa:b%40c/messages");
    CHECK(t->segments == std::vector<std::string>{"v1", "sessions", "2:a:b@c", "messages"});
    CHECK(t->parameters.find("limit") == "5");
    CHECK(t->parameters.find("after") == "x y");
    CHECK_FALSE(t->parameters.find("before"));
}

TEST_CASE("an escaped slash never splits a segment") {
    const auto t = parse_target("/a%2Fb/c");
    REQUIRE(t.has_value());
    CHECK(t->segments == std::vector<std::string>{"a/b", "c"});
}

TEST_CASE("the root has no segment and a slash at the end makes an empty one") {
    CHECK(parse_target("/")->segments.empty());
    CHECK(parse_target("/?a=1")->segments.empty());
    CHECK(parse_target("/a/")->segments == std::vector<std::string>{"a", ""});
    CHECK(parse_target("//a")->segments == std::vector<std::string>{"", "a"});
}

TEST_CASE("a plus is a plus, and a name alone has an empty value") {
    const auto q = query::parse("a=1+1&b&c=&&d=x=y");
    REQUIRE(q.has_value());
    CHECK(q->find("a") == "1+1");
    CHECK(q->find("b") == "");
    CHECK(q->find("c") == "");
    CHECK(q->find("d") == "x=y");
    CHECK(q->items().size() == 4);
}

TEST_CASE("a name given twice is refused by name, however it is written") {
    const auto q = query::parse("limit=1&x=2&l%69mit=3");
    REQUIRE_FALSE(q.has_value());
    CHECK(q.error().code == gim::model::status::bad_request);
    CHECK(q.error().message == "l%69mit: given twice in the query");
}

TEST_CASE("a bad escape is refused in names, values and paths") {
    for (const char* text : {"a=%", "a=%1", "a=%g0", "a=%0g", "a=1%", "%zz=1", "a=%%20"}) {
        CAPTURE(text);
        CHECK_FALSE(query::parse(text).has_value());
        CHECK_FALSE(parse_target(std::string("/?") + text).has_value());
    }
}

TEST_CASE("what does not decode to printable UTF-8 is refused") {
    for (const char* text :
         {"%00",
          "%0A",
          "%7F",
          "%80",
          "%C0%80",
          "%C2",
          "%E0%80%80",
          "%ED%A0%80",
          "%F4%90%80%80",
          "%F5%80%80%80",
          "%E2%82",
          "%F0%9F%98"}) {
        CAPTURE(text);
        CHECK_FALSE(percent_decode(text));
        CHECK_FALSE(parse_target(std::string("/") + text).has_value());
    }
    CHECK(percent_decode("%C3%A4%e2%82%ac%F0%9F%98%80") == "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80");
    CHECK(percent_decode("") == "");
}
