#include "tools/client/plain_websocket.hpp"
#include "unit/tools/client/events.hpp"
#include "unit/tools/client/server_bytes.hpp"

#include <doctest/doctest.h>

using namespace gim::client;

namespace {

// What becomes of the bytes, with the pongs and the like that are sent.
struct client {
    explicit client(std::string_view bytes = {}) { feed(bytes); }
    void feed(std::string_view bytes) { speaks.feed(bytes, sent, seen); }

    plain_websocket speaks{{0, "hall"}};
    std::string sent;
    events seen;
};

}  // namespace

TEST_CASE("the upgrade asks for the room as a path") {
    client c;
    const std::string request = c.speaks.open();
    CHECK(request.starts_with("GET /hall HTTP/1.1\r\n"));
    CHECK(request.ends_with("\r\n\r\n"));
}

TEST_CASE("an accepted upgrade makes the client ready, in whatever cut it comes") {
    const std::string bytes = upgrade_answer() + text_frame("first") + text_frame("second");
    for (const auto& cut : all_cuts(bytes)) {
        client c;
        for (const std::string_view piece : cut) {
            c.feed(piece);
        }
        REQUIRE(c.seen.ready == 1);
        REQUIRE(c.seen.packets == std::vector<std::string>{"first", "second"});
        REQUIRE(c.seen.failures.empty());
    }
}

TEST_CASE("a refused upgrade is told with the server's words") {
    client c("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    REQUIRE(c.seen.failures.size() == 1);
    CHECK(c.seen.failures[0] == "the upgrade was answered with HTTP/1.1 404 Not Found");
    CHECK(c.seen.ready == 0);
}

TEST_CASE("an answer to another key, or without end, is no upgrade") {
    std::string other = upgrade_answer();
    other.replace(other.find("s3pP"), 4, "xxxx");
    CHECK(client(other).seen.failures.size() == 1);
    CHECK(client("HTTP/1.1 101 Switching Protocols\r\n\r\n").seen.failures.size() == 1);
    CHECK(client(std::string(100'000, 'x')).seen.failures.size() == 1);
    CHECK(client("HTTP/1.1 101 Sw").seen.failures.empty());
}

TEST_CASE("a ping is answered with its own payload") {
    client c(upgrade_answer() + server_frame(0x89, "are you there"));
    std::string pong;
    append_client_frame(websocket_opcode::pong, "are you there", pong);
    CHECK(c.sent == pong);
}

TEST_CASE("a close is answered and told with its code and reason, once") {
    const std::string close = server_frame(0x88, std::string("\x0f\xa0") + "too slow");
    client c(upgrade_answer() + close + close);
    std::string answer;
    append_client_frame(websocket_opcode::close, "\x0f\xa0", answer);
    CHECK(c.sent == answer);
    CHECK(c.seen.failures == std::vector<std::string>{"closed by the server with 4000 (too slow)"});
}

TEST_CASE("bytes that are no frames are told once") {
    client c(upgrade_answer() + server_frame(0xf1, "x"));
    c.feed(text_frame("later"));
    CHECK(c.seen.failures.size() == 1);
    CHECK(c.seen.packets.empty());
}

TEST_CASE("a message goes out as it is") {
    client c;
    c.speaks.send_to_room("hall", "~hello", c.sent);
    std::string frame;
    append_client_frame(websocket_opcode::text, "~hello", frame);
    CHECK(c.sent == frame);
    CHECK_FALSE(c.speaks.has_answers());
}
