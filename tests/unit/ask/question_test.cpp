#include "ask/question.hpp"

#include "ask/service_connection.hpp"

#include <doctest/doctest.h>

using namespace gim::ask;
using gim::session::login_question;

TEST_CASE("a question is what the client gave, and from where it came") {
    CHECK(question_json({{}, "ann", {}, "::1"}) == R"({"address":"::1","id":"ann"})");
    CHECK(
        question_json({"a \"b\"\n", "", "Ann \xc3\xa9", "10.0.0.1"}) ==
        "{\"address\":\"10.0.0.1\",\"token\":\"a \\\"b\\\"\\n\",\"name\":\"Ann \xc3\xa9\"}"
    );
    CHECK(question_json({"", "", {}, "x"}) == R"({"address":"x","token":""})");
}

TEST_CASE("every part of a question makes another digest") {
    const login_question q{"t", "ann", "Ann", "::1"};
    const auto of = [](const login_question& one) { return digest_of(question_json(one)); };
    CHECK(of(q) == of({"t", "ann", "Ann", "::1"}));
    CHECK(of(q) != of({"T", "ann", "Ann", "::1"}));
    CHECK(of(q) != of({{}, "ann", "Ann", "::1"}));
    CHECK(of(q) != of({"t", "bob", "Ann", "::1"}));
    CHECK(of(q) != of({"t", "ann", {}, "::1"}));
    CHECK(of(q) != of({"t", "ann", "Ann", "::2"}));
    // Of RFC 6234's test cases.
    CHECK(digest_of("abc")[0] == 0xba);
    CHECK(digest_of("abc")[31] == 0xad);
}

TEST_CASE("a request is one POST of that JSON") {
    const auto url = parse_service_url("http://[::1]:90/login?a=b");
    CHECK(
        request_for(*url, "{}") ==
        "POST /login?a=b HTTP/1.1\r\nHost: [::1]:90\r\nUser-Agent: gim\r\n"
        "Accept: application/json\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    );
}
