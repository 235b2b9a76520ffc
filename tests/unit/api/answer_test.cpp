#include "api/answer.hpp"

#include <doctest/doctest.h>

using namespace gim::api;

TEST_CASE("a reply is answered with 200 and its data") {
    const auto a = to_answer(gim::model::reply(gim::model::user_reply{"1001", "Ada", true}));
    CHECK(a.status == 200);
    CHECK(a.content_type == "application/json");
    CHECK(a.body == R"({"code":0,"msg":"","data":{"id":"1001","name":"Ada","online":true}})");
}

TEST_CASE("an error is answered with its code as the status") {
    using gim::model::status;
    for (const auto code :
         {status::bad_request,
          status::unauthorized,
          status::forbidden,
          status::not_found,
          status::method_not_allowed,
          status::conflict,
          status::too_large,
          status::internal,
          status::unavailable}) {
        const auto a = to_answer(gim::model::error{code, "id: \"no\""});
        const auto number = std::to_string(static_cast<int>(code));
        CHECK(a.status == static_cast<unsigned>(code));
        CHECK(a.body == R"({"code":)" + number + R"(,"msg":"id: \"no\""})");
    }
}

TEST_CASE("codes that only HTTP has are answered the same way") {
    const auto a = error_answer(415, "Content-Type: no");
    CHECK(a.status == 415);
    CHECK(a.body == R"({"code":415,"msg":"Content-Type: no"})");
}

TEST_CASE("the head has the status line, the length of the body and what was added") {
    auto a = data_answer(R"({"x":1})");
    a.fields.emplace_back("Allow", "GET, HEAD");
    CHECK(a.body == R"({"code":0,"msg":"","data":{"x":1}})");
    auto head = head_text(a, persistence::keep);
    const auto date = head.find("Date: ");
    REQUIRE(date != std::string::npos);
    head.erase(date, head.find("\r\n", date) + 2 - date);
    CHECK(
        head ==
        "HTTP/1.1 200 OK\r\nServer: gim\r\nContent-Type: application/json\r\nContent-Length: 34\r\n"
        "Cache-Control: no-store\r\nAllow: GET, HEAD\r\n\r\n"
    );
}

TEST_CASE("the head says what becomes of the connection when that is not the rule") {
    const auto a = error_answer(404, "x");
    CHECK(head_text(a, persistence::keep).starts_with("HTTP/1.1 404 Not Found\r\n"));
    CHECK(head_text(a, persistence::keep).find("Connection:") == std::string::npos);
    CHECK(head_text(a, persistence::close).find("\r\nConnection: close\r\n") != std::string::npos);
    CHECK(
        head_text(a, persistence::keep_and_say).find("\r\nConnection: keep-alive\r\n") !=
        std::string::npos
    );
}
