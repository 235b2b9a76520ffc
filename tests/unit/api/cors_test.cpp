#include "api/cors.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace gim;

namespace {

std::string field(const api::answer& a, std::string_view name) {
    for (const auto& [key, value] : a.fields) {
        if (key == name) {
            return value;
        }
    }
    return {};
}

const auto listed = *net::allowed_origins::parse("https://game.example");

}  // namespace

TEST_CASE("an answer to a listed page may be read by it, and by no other") {
    api::answer mine;
    api::add_cors(mine, "https://game.example", listed, "trace");
    CHECK(field(mine, "Access-Control-Allow-Origin") == "https://game.example");
    CHECK(field(mine, "Access-Control-Expose-Headers") == "Retry-After, trace");
    CHECK(field(mine, "Access-Control-Allow-Methods").empty());
    CHECK(field(mine, "Vary") == "Origin");
    api::answer other;
    api::add_cors(other, "https://evil.example", listed, "trace");
    REQUIRE(other.fields.size() == 1);
    CHECK(field(other, "Vary") == "Origin");
}

TEST_CASE("who sends no Origin gets the same, so that a cache can know") {
    api::answer a;
    api::add_cors(a, std::nullopt, listed, "");
    REQUIRE(a.fields.size() == 1);
    CHECK(field(a, "Vary") == "Origin");
}

TEST_CASE("a star is one answer for all, and nothing said is nothing said") {
    api::answer open;
    api::add_cors(open, "https://any.example", *net::allowed_origins::parse("*"), "");
    CHECK(field(open, "Access-Control-Allow-Origin") == "*");
    CHECK(field(open, "Access-Control-Expose-Headers") == "Retry-After");
    CHECK(field(open, "Vary").empty());
    api::answer silent;
    api::add_cors(silent, "https://any.example", {}, "trace");
    CHECK(silent.fields.empty());
}

TEST_CASE("a browser that asks first hears the methods of the path, if the page is listed") {
    auto yes = api::preflight_answer("https://game.example", listed, "GET, HEAD");
    CHECK(yes.status == 200);
    api::add_cors(yes, "https://game.example", listed, "trace");
    CHECK(field(yes, "Access-Control-Allow-Methods") == "GET, HEAD");
    CHECK(field(yes, "Access-Control-Allow-Headers") == "Authorization, Content-Type, trace");
    CHECK(field(yes, "Access-Control-Max-Age") == "600");
    auto no = api::preflight_answer("https://evil.example", listed, "GET, HEAD");
    CHECK(no.status == 403);
    api::add_cors(no, "https://evil.example", listed, "trace");
    CHECK(field(no, "Access-Control-Allow-Methods").empty());
}

TEST_CASE("an answer for no page says nothing to browsers, whatever is allowed") {
    for (const auto* allowed : {"*", "https://game.example"}) {
        api::answer a;
        a.readers = api::audience::no_page;
        api::add_cors(a, "https://game.example", *net::allowed_origins::parse(allowed), "trace");
        CHECK(a.fields.empty());
    }
}
