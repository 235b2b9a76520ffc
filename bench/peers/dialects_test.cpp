#include "peers/mqtt_dialect.hpp"
#include "peers/nats_dialect.hpp"
#include "peers/nchan_dialect.hpp"
#include "peers/path_websocket.hpp"
#include "peers/socket_io_dialect.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

using namespace gim;
using namespace std::string_literals;

namespace {

// What a dialect made of the bytes that it was fed.
struct heard final : client::dialect_events {
    void on_ready() override { ++ready; }
    void on_packet(std::string_view bytes, std::uint64_t) override { packets.emplace_back(bytes); }
    void on_answer(bool) override { ++answers; }
    void on_failure(std::string_view why) override { failures.emplace_back(why); }

    int ready = 0;
    int answers = 0;
    std::vector<std::string> packets;
    std::vector<std::string> failures;
    std::string sent;
};

template <class Dialect>
heard feed_cut(const client::identity& who, std::string_view bytes, std::size_t cut) {
    Dialect dialect(who);
    heard h;
    dialect.open();
    for (; !bytes.empty(); bytes.remove_prefix(std::min(cut, bytes.size()))) {
        dialect.feed(bytes.substr(0, cut), h.sent, h);
    }
    return h;
}

// Feeds a recorded stream in pieces of every size and returns what all of them agree on.
template <class Dialect>
heard feed(const client::identity& who, std::string_view bytes) {
    heard whole = feed_cut<Dialect>(who, bytes, bytes.size());
    for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
        const heard pieces = feed_cut<Dialect>(who, bytes, cut);
        CAPTURE(cut);
        CHECK(pieces.ready == whole.ready);
        CHECK(pieces.packets == whole.packets);
        CHECK(pieces.failures == whole.failures);
        CHECK(pieces.sent == whole.sent);
    }
    CHECK(whole.answers == 0);
    return whole;
}

const client::identity in_room{7, "r1"};
const client::identity alone{7, ""};
using texts = std::vector<std::string>;

// Of a server, unmasked and short.
std::string frame(std::string_view payload, char opcode = 1) {
    REQUIRE(payload.size() < 126);
    return std::string{static_cast<char>(0x80 | opcode), static_cast<char>(payload.size())}.append(
        payload
    );
}

// Of a client that masks with zero.
std::string client_frame(std::string_view payload) {
    REQUIRE(payload.size() < 126);
    return std::string{'\x81', static_cast<char>(0x80 | payload.size()), 0, 0, 0, 0}.append(payload
    );
}

const std::string upgraded =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

}  // namespace

TEST_CASE("NATS: a subscription, messages and a ping, cut anywhere") {
    const auto h = feed<bench::nats_dialect>(
        in_room,
        "INFO {\"server_id\":\"NA6\",\"version\":\"2.9.10\",\"max_payload\":1048576} \r\n"
        "PONG\r\nMSG r.r1 1 5\r\nhello\r\nPING\r\nMSG r.r1 1 _INBOX.1 7\r\na\r\nb\r\nc\r\n"
        "MSG r.r1 1 0\r\n\r\nPONG\r\n"
    );
    CHECK(h.ready == 1);
    CHECK(h.packets == texts{"hello", "a\r\nb\r\nc", ""});
    CHECK(h.sent == "PONG\r\n");
    CHECK(h.failures.empty());
}

TEST_CASE("NATS: an error, a size that is none and an unknown operation end the connection") {
    CHECK(
        feed<bench::nats_dialect>(in_room, "-ERR 'Slow Consumer'\r\nPONG\r\n").failures ==
        texts{"-ERR 'Slow Consumer'"}
    );
    CHECK(feed<bench::nats_dialect>(in_room, "MSG r.r1 1 x\r\n").failures.size() == 1);
    CHECK(
        feed<bench::nats_dialect>(in_room, "MSG r.r1 1 99999999999999999999\r\n").failures.size() ==
        1
    );
    CHECK(feed<bench::nats_dialect>(in_room, "HELLO\r\n").failures == texts{"HELLO"});
    CHECK(
        feed_cut<bench::nats_dialect>(in_room, std::string(70'000, 'x'), 999).failures.size() == 1
    );
}

TEST_CASE("NATS: what is sent") {
    bench::nats_dialect room(in_room);
    CHECK(room.open().ends_with("\r\nSUB r.r1 1\r\nPING\r\n"));
    std::string out;
    room.send_to_room("r1", "hello", out);
    room.send_to_user(12, "you", out);
    CHECK(out == "PUB r.r1 5\r\nhello\r\nPUB u.12 3\r\nyou\r\n");
    CHECK(bench::nats_dialect(alone).open().ends_with("\r\nSUB u.7 1\r\nPING\r\n"));
}

TEST_CASE("MQTT: a subscription and messages, short and long, cut anywhere") {
    const std::string content(200, 'x');
    const auto h = feed<bench::mqtt_dialect>(
        in_room,
        "\x20\x02\0\0"s + "\x90\x03\0\1\0"s + "\x30\x0b\0\x04r/r1hello"s + "\x30\x06\0\x04r/r1"s +
            "\x30\xce\x01\0\x04r/r1"s + content
    );
    CHECK(h.ready == 1);
    CHECK(h.packets == texts{"hello", "", content});
    CHECK(h.sent == "\x82\x09\0\1\0\x04r/r1\0"s);
    CHECK(h.failures.empty());
}

TEST_CASE("MQTT: refusals and broken packets end the connection") {
    const std::string broken[] = {
        "\x20\x02\0\x05"s,            // not authorized
        "\x90\x03\0\1\x80"s,          // the subscription failed
        "\x30\x01\0"s,                // no topic
        "\x30\x04\0\x04r/"s,          // less than the topic says
        "\x30\x80\x80\x80\x80\x01"s,  // five bytes of length
        "\xd0\0"s,                    // an answer to a ping that was not sent
    };
    for (const auto& bytes : broken) {
        const auto h = feed<bench::mqtt_dialect>(in_room, bytes + "\x90\x03\0\1\0"s);
        CHECK(h.failures.size() == 1);
        CHECK(h.ready == 0);
        CHECK(h.packets.empty());
    }
}

TEST_CASE("MQTT: what is sent") {
    bench::mqtt_dialect dialect(in_room);
    CHECK(dialect.open() == "\x10\x0e\0\x04MQTT\x04\x02\0\0\0\x02u7"s);
    std::string out;
    dialect.send_to_room("r1", "hello", out);
    CHECK(out == "\x30\x0b\0\x04r/r1hello"s);
    out.clear();
    dialect.send_to_user(12, std::string(130, 'x'), out);
    CHECK(out == "\x30\x88\x01\0\x04u/12"s + std::string(130, 'x'));
}

TEST_CASE("socket.io: the handshake, an event and a ping, cut anywhere") {
    const auto h = feed<bench::socket_io_dialect>(
        in_room,
        upgraded + frame(R"(0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000})") +
            frame(R"(40{"sid":"b"})") + frame("430[]") + frame(R"(42["m","hello"])") + frame("2")
    );
    CHECK(h.ready == 1);
    CHECK(h.packets == texts{R"(42["m","hello"])"});
    CHECK(h.sent == client_frame("40") + client_frame(R"(420["join","r1"])") + client_frame("3"));
    CHECK(h.failures.empty());
}

TEST_CASE("socket.io: a refusal is told, and what is sent") {
    const auto h = feed<bench::socket_io_dialect>(
        in_room, upgraded + frame(R"(44{"message":"Invalid namespace"})")
    );
    CHECK(h.failures == texts{R"(44{"message":"Invalid namespace"})"});

    bench::socket_io_dialect dialect(alone);
    std::string out;
    dialect.send_to_room("r1", "hello", out);
    CHECK(out == client_frame(R"(42["say","r1","hello"])"));
    out.clear();
    dialect.send_to_user(12, "you", out);
    CHECK(out == client_frame(R"(42["say","u12","you"])"));
}

TEST_CASE("a path: the room or the inbox, messages, a ping, cut anywhere") {
    const auto h = feed<bench::path_websocket>(
        in_room, upgraded + frame("hello") + frame("p", 9) + frame("you")
    );
    CHECK(h.ready == 1);
    CHECK(h.packets == texts{"hello", "you"});
    CHECK(h.sent.size() == client_frame("p").size());
    CHECK(h.failures.empty());

    bench::path_websocket dialect(alone);
    CHECK(dialect.open().starts_with("GET /u7 HTTP/1.1\r\n"));
    CHECK(bench::path_websocket(in_room).open().starts_with("GET /r1 HTTP/1.1\r\n"));
    std::string out;
    dialect.send_to_user(12, "you", out);
    dialect.send_to_room("r1", "hello", out);
    CHECK(out == client_frame("@u12 you") + client_frame("hello"));
}

TEST_CASE("nchan: a path for a room, and one for the two inboxes of a pair") {
    bench::nchan_dialect room(in_room);
    CHECK(room.open().starts_with("GET /r1 HTTP/1.1\r\n"));
    bench::nchan_dialect dialect(alone);
    CHECK(dialect.open().starts_with("GET /u7/u6 HTTP/1.1\r\n"));
    CHECK(bench::nchan_dialect({6, ""}).open().starts_with("GET /u6/u7 HTTP/1.1\r\n"));
    std::string out;
    dialect.send_to_user(6, "you", out);
    room.send_to_room("r1", "hello", out);
    CHECK(out == client_frame("you") + client_frame("hello"));

    const auto h = feed<bench::nchan_dialect>(in_room, upgraded + frame("hello"));
    CHECK(h.ready == 1);
    CHECK(h.packets == texts{"hello"});
}
