#include "gateway/upgrade.hpp"

#include "unit/gateway/running_gateway.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <utility>

using namespace gim::test;

namespace {

constexpr const char* good_key = "dGhlIHNhbXBsZSBub25jZQ==";

std::string request(
    const std::string& first_line = "GET / HTTP/1.1",
    const std::string& upgrade = "websocket",
    const std::string& connection = "Upgrade",
    const std::string& version = "13",
    const std::string& key = good_key
) {
    return first_line + "\r\nHost: x\r\nUpgrade: " + upgrade + "\r\nConnection: " + connection +
           "\r\nSec-WebSocket-Version: " + version + "\r\nSec-WebSocket-Key: " + key + "\r\n\r\n";
}

std::string head_of_answer(running_gateway& g, const std::string& sent) {
    raw_client c(g);
    c.send(sent);
    return c.read_head();
}

}  // namespace

TEST_CASE("the key of RFC 6455, 1.3 is answered as it says") {
    CHECK(gim::gateway::accept_value(good_key) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST_CASE("the answer to an upgrade is exactly this") {
    running_gateway g;
    auto head = head_of_answer(g, request());
    const auto date = head.find("Date: ");
    REQUIRE(date != std::string::npos);
    CHECK(head.substr(date + 32, 6) == "GMT\r\nU");
    head.erase(date, head.find("\r\n", date) + 2 - date);
    CHECK(
        head ==
        "HTTP/1.1 101 Switching Protocols\r\n"
        "Upgrade: websocket\r\n"
        "Connection: upgrade\r\n"
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
        "Server: gim"
    );
}

TEST_CASE("names of protocols are compared without case, and may stand in lists") {
    running_gateway g;
    for (const auto& sent :
         {request("GET / HTTP/1.1", "WebSocket", "UPGRADE"),
          request("GET / HTTP/1.1", "h2c, websocket", "keep-alive, Upgrade"),
          request("GET / HTTP/1.1", "websocket", "keep-alive\r\nConnection: Upgrade"),
          request("GET / HTTP/1.1", "websocket", "Upgrade\r\nConnection: keep-alive"),
          request("GET / HTTP/1.1", "h2c\r\nUpgrade: websocket", "Upgrade"),
          request("GET http://x/ws HTTP/1.1")}) {
        CAPTURE(sent);
        CHECK(head_of_answer(g, sent).starts_with("HTTP/1.1 101"));
    }
}

TEST_CASE("what is no upgrade to version 13 is told so, with what there is") {
    running_gateway g;
    for (const auto& sent :
         {request("POST / HTTP/1.1"),
          request("GET / HTTP/1.0"),
          request("GET / HTTP/1.1", "h2c"),
          request("GET / HTTP/1.1", "websocket", "keep-alive"),
          request("GET / HTTP/1.1", "websocket", "Upgrade", "8")}) {
        CAPTURE(sent);
        raw_client c(g);
        c.send(sent);
        const auto head = c.read_head();
        CHECK(head.starts_with("HTTP/1.1 426 Upgrade Required\r\nDate: "));
        CHECK(head.find("\r\nConnection: close\r\nConnection: Upgrade\r\n") != std::string::npos);
        CHECK(head.find("\r\nUpgrade: websocket\r\n") != std::string::npos);
        CHECK(head.find("\r\nSec-WebSocket-Version: 13\r\n") != std::string::npos);
    }
}

TEST_CASE("what is no upgrade is told where to go, or what a proxy may have taken away") {
    running_gateway g;
    const auto answer_to = [&](const std::string& sent) {
        raw_client c(g);
        c.send(sent);
        return c.read_to_end();
    };
    CHECK(
        answer_to("GET / HTTP/1.1\r\nHost: x\r\n\r\n").find("8081 unless --api-address") !=
        std::string::npos
    );
    const auto passed_on = answer_to(request("GET / HTTP/1.1", "websocket", "close"));
    CHECK(passed_on.find("a proxy in between must pass them on") != std::string::npos);
    CHECK(answer_to(request("GET http://y/ws HTTP/1.1")).starts_with("HTTP/1.1 400 "));
}

TEST_CASE("a key that is not 16 bytes in base64 is a bad request") {
    running_gateway g;
    for (const auto* key :
         {"", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=x", "dGhlIHNhbXBsZSBub25j!Q=="}) {
        CAPTURE(key);
        raw_client c(g);
        c.send(request("GET / HTTP/1.1", "websocket", "Upgrade", "13", key));
        const auto head = c.read_head();
        CHECK(head.starts_with("HTTP/1.1 400 Bad Request\r\nDate: "));
        CHECK(head.find("Upgrade") == std::string::npos);
        CHECK(head.find("\r\nConnection: close\r\n") != std::string::npos);
    }
}

TEST_CASE("a head that is refused is answered with its own status") {
    running_gateway g;
    CHECK(head_of_answer(g, "nonsense\r\n\r\n").starts_with("HTTP/1.1 400 Bad Request\r\n"));
    const auto long_head = "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(9000, 'x') + "\r\n\r\n";
    CHECK(head_of_answer(g, long_head).starts_with("HTTP/1.1 431 "));
    CHECK(head_of_answer(g, "GET / HTTP/2.0\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 505 "));
}
