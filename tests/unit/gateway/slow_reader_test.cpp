#include "unit/gateway/running_gateway.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <thread>

using namespace gim::test;
using namespace std::chrono_literals;
using gim::gateway::gateway_options;
using gim::stats::event;

namespace {

// Small buffers of the kernel, so that a few messages fill them; only the age is limited.
gateway_options only_age(std::chrono::milliseconds age) {
    gateway_options o;
    o.outbox_age = age;
    o.outbox.hard_bytes = std::size_t{1} << 30;
    o.send_buffer_bytes = 4096;
    o.close_timeout = 200ms;
    return o;
}

raw_client logged_in(running_gateway& g) {
    raw_client c(g);
    c.upgrade();
    if (c.ask("login") != "login") {
        throw std::runtime_error("not logged in");
    }
    return c;
}

const std::string long_text(60'000, 'x');

// The answers are more than the kernel's buffers hold.
void ask_without_reading(raw_client& c) {
    for (int i = 0; i < 20; ++i) {
        c.send_text(long_text);
    }
}

}  // namespace

TEST_CASE("whose oldest byte waits for too long is freed, though it sends nothing more") {
    running_gateway g(only_age(200ms));
    auto other = logged_in(g);
    auto c = logged_in(g);
    ask_without_reading(c);
    CHECK(g.has_connections(1));
    CHECK(g.count(event::cut_too_old) == 1);
    CHECK(g.count(event::close_slow_reader) == 1);
    CHECK(other.ask("still here") == "still here");
    const auto age = g.pool.at(0).counters().read(gim::stats::distribution::outbox_age_at_cut);
    CHECK(age.sum >= 200'000'000);
    CHECK(age.buckets[0] + age.buckets[1] == 0);  // not a tenth of a second
}

TEST_CASE("so is one that goes on sending") {
    running_gateway g(only_age(200ms));
    auto other = logged_in(g);
    auto c = logged_in(g);
    const auto end = std::chrono::steady_clock::now() + patience;
    while (g.door.connections() == 2 && std::chrono::steady_clock::now() < end) {
        c.send_text(long_text);
        c.send(client_frame(0x89, "ping"));
    }
    CHECK(g.has_connections(1));
    CHECK(g.count(event::cut_too_old) == 1);
    CHECK(other.ask("still here") == "still here");
}

TEST_CASE("who reads again in time is told 4000 behind whole frames") {
    auto o = only_age(200ms);
    o.close_timeout = patience;
    running_gateway g(o);
    auto c = logged_in(g);
    ask_without_reading(c);
    REQUIRE(g.comes_to(event::cut_too_old, 1));
    auto f = c.read();
    for (; f && f->opcode == 1; f = c.read()) {
        REQUIRE(f->payload == long_text);
    }
    REQUIRE(f);
    CHECK(f->opcode == 8);
    CHECK(f->close_code() == 4000);
    CHECK(c.leftover() == 0);
}

TEST_CASE("who reads slowly, but in time, stays") {
    running_gateway g(only_age(5s));
    auto c = logged_in(g);
    ask_without_reading(c);
    for (int i = 0; i < 20; ++i) {
        const auto f = c.read_answer();
        REQUIRE(f);
        REQUIRE(f->payload == long_text);
    }
    CHECK(c.ask("still here") == "still here");
    CHECK(g.count(event::cut_too_old) == 0);
}

TEST_CASE("when too much waits in all, those to whom most waits are closed with 4000") {
    gateway_options o;
    o.outbox_age = 0s;
    o.outbox.hard_bytes = std::size_t{1} << 30;
    o.outbox.soft_bytes = 0;  // a connection may have as many answers waiting
    o.send_buffer_bytes = 4096;
    o.close_timeout = 200ms;
    o.pending_bytes = 10 * 1024 * 1024;
    running_gateway g(o);
    auto other = logged_in(g);
    auto small = logged_in(g);
    ask_without_reading(small);  // 1.2 MB
    auto large = logged_in(g);
    const auto end = std::chrono::steady_clock::now() + patience;
    while (g.count(event::cut_short_of_memory) == 0 && std::chrono::steady_clock::now() < end) {
        large.send_text(long_text);
    }
    CHECK(g.has_connections(2));
    CHECK(g.count(event::cut_short_of_memory) == 1);
    CHECK(g.count(event::close_slow_reader) == 1);
    CHECK(other.ask("still here") == "still here");
    for (int i = 0; i < 20; ++i) {
        REQUIRE(small.read_answer()->payload == long_text);
    }
}

TEST_CASE("answers that are not read keep the next requests waiting, and a reader gets all of them"
) {
    gateway_options o;
    o.outbox_age = 0s;
    o.outbox.hard_bytes = 128 * 1024;
    o.send_buffer_bytes = 4096;
    o.heartbeat_interval = 1500ms;
    running_gateway g(o);
    auto c = logged_in(g);
    ask_without_reading(c);
    // It is waited for; what is read of it is a sign of life, though its frames are not.
    for (int i = 0; i < 20; ++i) {
        std::size_t waits = 0;
        call_on(g.pool.at(0), [&] { waits = g.door.slow(0).bytes(); });
        CHECK(waits <= o.outbox.hard_bytes / 2 + 2 * 61'000);
        const auto f = c.read_answer();
        REQUIRE(f);
        REQUIRE(f->payload == long_text);
        std::this_thread::sleep_for(100ms);
    }
    CHECK(c.ask("still here") == "still here");
    CHECK(g.has_connections(1));
}

TEST_CASE("while answers wait, one that takes nothing for the heartbeat's interval is closed") {
    gateway_options o;
    o.outbox_age = 0s;
    o.send_buffer_bytes = 4096;
    o.close_timeout = 200ms;
    o.heartbeat_interval = 400ms;
    running_gateway g(o);
    auto c = logged_in(g);
    ask_without_reading(c);
    CHECK(g.has_connections(0));
    CHECK(g.count(event::close_slow_reader) == 1);
    CHECK(g.count(event::close_no_heartbeat) == 0);
}

TEST_CASE("a connection that waits for room can be closed, by either side") {
    gateway_options o;
    o.outbox_age = 0s;
    o.send_buffer_bytes = 4096;
    o.close_timeout = 200ms;
    for (const bool by_server : {false, true}) {
        CAPTURE(by_server);
        running_gateway g(o);
        {
            auto c = logged_in(g);
            ask_without_reading(c);
            if (by_server) {
                g.drain(0ms);
                CHECK(g.has_connections(0));
            }
        }
        CHECK(g.has_connections(0));
        CHECK(g.handler.ended == 1);
    }
}

TEST_CASE("more pending frames than are allowed close the connection, however small they are") {
    gateway_options o;
    o.outbox.hard_frames = 100;
    o.send_buffer_bytes = 4096;
    o.close_timeout = 200ms;
    running_gateway g(o);
    auto c = logged_in(g);
    std::string pings;
    while (pings.size() < 64 * 1024) {
        pings += client_frame(0x89, "");
    }
    const auto end = std::chrono::steady_clock::now() + patience;
    while (g.door.connections() == 1 && std::chrono::steady_clock::now() < end) {
        c.send(pings);
    }
    CHECK(g.has_connections(0));
    CHECK(g.count(event::cut_too_much) == 1);
}
