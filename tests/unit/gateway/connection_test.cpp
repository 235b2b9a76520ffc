#include "unit/gateway/running_gateway.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace gim::test;
using namespace std::chrono_literals;
using gim::gateway::gateway_options;

namespace {

raw_client connected(running_gateway& g) {
    raw_client c(g);
    if (!c.upgrade().starts_with("HTTP/1.1 101")) {
        throw std::runtime_error("not upgraded");
    }
    return c;
}

// Of a close that is due.
bool is_notice(const std::optional<server_frame>& f) {
    return f && f->payload == R"({"op":107,"body":"{\"reason\":\"drain\",\"retry_after_ms\":0}"})";
}

}  // namespace

TEST_CASE("an upgrade of any path is accepted, and frames are answered in order") {
    running_gateway g;
    for (const auto* path : {"/", "/ws", "/any/path?with=query"}) {
        raw_client c(g);
        const auto head = c.upgrade(path);
        CHECK(head.starts_with("HTTP/1.1 101"));
        CHECK(head.find("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") != std::string::npos);
        CHECK(c.ask("one") == "one");
        c.send(client_text("two") + client_text("three"));
        CHECK(c.read()->payload == "two");
        CHECK(c.read()->payload == "three");
    }
    CHECK(g.has_connections(0));
    CHECK(g.handler.ended == 3);
}

TEST_CASE("frames that come with the upgrade request are answered") {
    running_gateway g;
    raw_client c(g);
    c.send(
        "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" +
        client_text("early") + client_text("bird").substr(0, 5)
    );
    CHECK(c.read_head().starts_with("HTTP/1.1 101"));
    CHECK(c.read()->payload == "early");
    c.send(client_text("bird").substr(5));
    CHECK(c.read()->payload == "bird");
}

TEST_CASE("plain HTTP is told to upgrade, and the connection is closed") {
    running_gateway g;
    raw_client c(g);
    c.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto head = c.read_head();
    CHECK(head.starts_with("HTTP/1.1 426"));
    CHECK(head.find("close") != std::string::npos);
    CHECK(c.is_at_end());
    CHECK(g.has_connections(0));
}

TEST_CASE("a fragmented message arrives whole, and a ping inside it is answered") {
    running_gateway g;
    auto c = connected(g);
    c.send(client_frame(0x01, "he") + client_frame(0x89, "are you there"));
    const auto pong = c.read();
    CHECK(pong->opcode == 10);
    CHECK(pong->payload == "are you there");
    c.send(client_frame(0x00, "") + client_frame(0x80, "llo"));
    CHECK(c.read()->payload == "hello");
}

TEST_CASE("the peer's close is answered with the same code, and the socket closed") {
    running_gateway g;
    auto c = connected(g);
    c.send(client_frame(0x88, "\x03\xe8"));
    CHECK(c.read_close() == 1000);
    CHECK(c.is_at_end());
    CHECK(g.has_connections(0));
    CHECK(g.handler.ended == 1);
}

TEST_CASE("a close without a code is answered with 1000, and what comes behind it is not read") {
    running_gateway g;
    auto c = connected(g);
    c.send(client_frame(0x88, "") + client_text("too late") + client_frame(0x89, "too late"));
    CHECK(c.read_close() == 1000);
    CHECK(c.is_at_end());
    CHECK(g.has_connections(0));
}

TEST_CASE("what breaks RFC 6455 is told by its code behind the answers to what came before") {
    running_gateway g;
    const std::pair<std::string, unsigned> wrong[] = {
        {std::string("\x81\x05hello"), 1002},
        {client_frame(0x80, "x"), 1002},
        {client_frame(0x88, "x"), 1002},
        {client_text("\xc3\x28"), 1007}};
    for (const auto& [bytes, code] : wrong) {
        CAPTURE(code);
        auto c = connected(g);
        c.send(client_text("hello") + bytes + client_text("too late"));
        CHECK(c.read()->payload == "hello");
        const auto told = c.read();
        CHECK(told->opcode == 8);
        CHECK(told->close_code() == code);
        CHECK(c.is_at_end());
    }
    CHECK(g.has_connections(0));
}

TEST_CASE("who sends pings without reading the pongs is freed, and concerns no other") {
    gateway_options o;
    o.close_timeout = 200ms;
    running_gateway g(o);
    auto other = connected(g);
    auto c = connected(g);
    std::string pings;
    while (pings.size() < 64 * 1024) {
        pings += client_frame(0x89, std::string(125, 'x'));
    }
    for (int i = 0; i < 200 && g.door.connections() == 2; ++i) {
        c.send(pings);
    }
    CHECK(g.has_connections(1));
    CHECK(other.ask("still here") == "still here");
}

TEST_CASE("what the handler throws closes its connection with 1011 and concerns no other") {
    running_gateway g;
    auto other = connected(g);
    int ended = 0;
    for (const auto* what : {"runtime_error", "bad_alloc", "int"}) {
        CAPTURE(what);
        auto c = connected(g);
        CHECK(c.ask("before") == "before");
        c.send_text(what);
        CHECK(c.read_close() == 1011);
        c.send(client_frame(0x88, "\x03\xf3"));
        CHECK(c.is_at_end());
        CHECK(g.has_connections(1));
        CHECK(g.handler.ended == ++ended);
        CHECK(other.ask("still here") == "still here");
    }
}

TEST_CASE("what the handler throws at the end does not keep the connection") {
    running_gateway g;
    auto c = connected(g);
    CHECK(c.ask("throw at the end") == "throw at the end");
    c.send(client_frame(0x88, "\x03\xe8"));
    CHECK(c.read_close() == 1000);
    CHECK(c.is_at_end());
    CHECK(g.has_connections(0));
}

TEST_CASE("who does not log in in time is closed with 4501, also one who pings") {
    gateway_options o;
    o.login_timeout = 500ms;
    o.close_timeout = 200ms;
    running_gateway g(o);
    auto inside = connected(g);
    CHECK(inside.ask("login") == "login");
    auto mute = connected(g);
    auto pinging = connected(g);
    pinging.send(client_frame(0x89, "x"));
    CHECK(mute.read_close() == 4501);
    CHECK(pinging.read_close() == 4501);
    CHECK(g.has_connections(1));  // though neither answers the close
    CHECK(inside.ask("still here") == "still here");
}

TEST_CASE("a socket that does not finish its upgrade request is closed") {
    gateway_options o;
    o.upgrade_timeout = 50ms;
    running_gateway g(o);
    raw_client mute(g);
    raw_client slow(g);
    slow.send("GET / HTTP/1.1\r\nHo");
    CHECK(mute.is_at_end());
    CHECK(slow.read_head() == "");
    CHECK(g.has_connections(0));
}

TEST_CASE("who is silent is pinged, and closed with 4004 if no answer comes") {
    gateway_options o;
    o.heartbeat_interval = 200ms;
    running_gateway g(o);
    auto c = connected(g);
    CHECK(c.ask("login") == "login");
    const auto since = std::chrono::steady_clock::now();
    CHECK(c.read()->opcode == 9);
    CHECK(c.read_close() == 4004);
    CHECK(std::chrono::steady_clock::now() - since >= 150ms);
}

TEST_CASE("who answers pings stays, without saying anything else") {
    gateway_options o;
    o.heartbeat_interval = 500ms;
    running_gateway g(o);
    auto c = connected(g);
    CHECK(c.ask("login") == "login");
    const auto until = std::chrono::steady_clock::now() + 2 * o.heartbeat_interval;
    while (std::chrono::steady_clock::now() < until) {
        const auto ping = c.read();
        REQUIRE(ping);
        REQUIRE(ping->opcode == 9);
        c.send(client_frame(0x8a, ping->payload));
    }
    CHECK(c.ask("still here") == "still here");
}

TEST_CASE("messages may be 4 KiB before login and 64 KiB after it, else 1009") {
    running_gateway g;
    auto stranger = connected(g);
    CHECK(stranger.ask(std::string(4096, 'x')).size() == 4096);
    stranger.send_text(std::string(4097, 'x'));
    CHECK(stranger.read_close() == 1009);
    auto user = connected(g);
    CHECK(user.ask("login") == "login");
    CHECK(user.ask(std::string(65536, 'x')).size() == 65536);
    user.send_text(std::string(65537, 'x'));
    CHECK(user.read_close() == 1009);
    auto fragments = connected(g);
    fragments.send(client_frame(0x01, std::string(4000, 'x')));
    fragments.send(client_frame(0x80, std::string(97, 'x')));
    CHECK(fragments.read_close() == 1009);
}

TEST_CASE("a header that declares more than any limit is refused at once") {
    running_gateway g;
    for (const int bits : {31, 32, 40, 62}) {
        auto c = connected(g);
        c.send(client_header(0x81, std::uint64_t{1} << bits));
        CHECK(c.read_close() == 1009);
    }
}

TEST_CASE("a message in too many frames is closed with 1008") {
    running_gateway g;
    auto c = connected(g);
    std::string frames = client_frame(0x01, "");
    for (int i = 0; i < 64; ++i) {
        frames += client_frame(0x00, "");
    }
    c.send(frames);
    CHECK(c.read_close() == 1008);
    CHECK(c.is_at_end());
    CHECK(g.has_connections(0));
}

TEST_CASE("a message that is not whole in time is closed with 1008") {
    gateway_options o;
    o.message_timeout = 100ms;
    running_gateway g(o);
    auto half_header = connected(g);
    half_header.send(client_text("hello").substr(0, 1));
    auto half_message = connected(g);
    half_message.send(client_frame(0x01, "hel"));
    auto whole = connected(g);
    CHECK(whole.ask("hello") == "hello");
    CHECK(half_header.read_close() == 1008);
    CHECK(half_message.read_close() == 1008);
    CHECK(whole.ask("hello") == "hello");
}

TEST_CASE("each message has its own time, though one always begins before the other is over") {
    gateway_options o;
    o.message_timeout = 300ms;
    running_gateway g(o);
    auto c = connected(g);
    const auto frame = client_text("hello");
    const auto until = std::chrono::steady_clock::now() + 3 * o.message_timeout;
    c.send(frame.substr(0, 4));
    while (std::chrono::steady_clock::now() < until) {
        c.send(frame.substr(4) + frame.substr(0, 4));
        const auto answer = c.read_answer();
        REQUIRE(answer);
        REQUIRE(answer->payload == "hello");
    }
}

TEST_CASE("who never reads a burst is freed soon, and concerns no other") {
    gateway_options o;
    o.outbox_age = 200ms;
    o.close_timeout = 200ms;
    running_gateway g(o);
    auto other = connected(g);
    auto c = connected(g);
    c.send_text("flood");
    CHECK(g.has_connections(1));
    CHECK(g.handler.ended == 1);
    CHECK(other.ask("still here") == "still here");
}

TEST_CASE("who reads a burst of any size gets all of it") {
    gateway_options o;
    o.outbox.hard_bytes = 128 * 1024;
    running_gateway g(o);
    auto c = connected(g);
    c.send_text("flood");
    for (int i = 0; i < 400; ++i) {
        const auto f = c.read_answer();
        REQUIRE(f);
        REQUIRE(f->payload.size() == 60'000);
    }
    CHECK(c.ask("still here") == "still here");
}

TEST_CASE("who reads too late is given whole frames, and a close with 4000 behind them") {
    gateway_options o;
    o.outbox_age = 200ms;
    o.close_timeout = patience;
    running_gateway g(o);
    auto c = connected(g);
    c.send_text("flood");
    REQUIRE(g.comes_to(gim::stats::event::cut_too_much, 1));
    for (auto f = c.read(); f; f = c.read()) {
        if (f->opcode == 8) {
            CHECK(f->close_code() == 4000);
            break;
        }
        REQUIRE(f->opcode == 1);
        REQUIRE(f->payload == std::string(60'000, 'x'));
    }
    CHECK(c.leftover() == 0);
    c.send(client_frame(0x88, "\x0f\xa0"));
    CHECK(c.is_at_end());
    CHECK(g.has_connections(0));
}

TEST_CASE("a drain tells everybody when they will be closed, and closes them behind what waits") {
    running_gateway g;
    auto a = connected(g);
    auto b = connected(g);
    CHECK(a.ask("1") == "1");
    CHECK(b.ask("2") == "2");
    raw_client upgrading(g);
    REQUIRE(g.has_connections(3));
    g.drain(0s);
    for (auto* c : {&a, &b}) {
        CHECK(is_notice(c->read()));
        CHECK(c->read_close() == 1001);
        c->send(client_frame(0x88, "\x03\xe9"));
        CHECK(c->is_at_end());
    }
    CHECK(g.has_connections(0));
}

TEST_CASE("who has connected but has no WebSocket yet may be let in before a close") {
    running_gateway g;
    raw_client late(g);
    REQUIRE(g.has_connections(1));
    g.drain(0s, gim::gateway::gateway::newcomers::let_in);
    CHECK(late.upgrade().starts_with("HTTP/1.1 101"));
    CHECK(is_notice(late.read()));
    CHECK(late.read_close() == 1001);
    late.send(client_frame(0x88, "\x03\xe9"));
    CHECK(late.is_at_end());
    CHECK(g.has_connections(0));
}

TEST_CASE("who is let in during a drain is told when it will be closed") {
    running_gateway g;
    raw_client late(g);
    REQUIRE(g.has_connections(1));
    g.door.begin_drain(1min, gim::gateway::gateway::newcomers::let_in);
    CHECK(late.upgrade().starts_with("HTTP/1.1 101"));
    CHECK(is_notice(late.read()));
    CHECK(late.ask("served until then") == "served until then");
}

TEST_CASE("whoever is closed in a drain was told so before, though notices come in slices") {
    running_gateway g;
    std::vector<raw_client> clients;
    for (int i = 0; i < 300; ++i) {
        clients.push_back(connected(g));
    }
    // The closes come to the worker before the second slice does.
    call_on(g.pool.at(0), [&] { g.drain(0s); });
    for (auto& c : clients) {
        REQUIRE(is_notice(c.read()));
        REQUIRE(c.read_close() == 1001);
    }
}

TEST_CASE("the rules can close one connection with a code and a reason, and only that one") {
    running_gateway g;
    auto kicked = connected(g);
    auto other = connected(g);
    REQUIRE(kicked.ask("login") == "login");
    REQUIRE(other.ask("login") == "login");
    const auto close = [&](gim::push::connection_id id) {
        call_on(g.pool.at(0), [&] {
            g.door.closer(0).close(id, gim::websocket::close_code::kicked, "by the rules");
        });
    };
    close(1);   // the gateway counts its connections from 1
    close(1);   // closing already
    close(99);  // nobody
    const auto f = kicked.read_answer();
    REQUIRE(f);
    CHECK(f->opcode == 8);
    CHECK(f->close_code() == 4503);
    CHECK(f->payload.substr(2) == "by the rules");
    CHECK(g.pool.count(gim::stats::event::close_kicked) == 1);
    CHECK(other.ask("still here") == "still here");
}
