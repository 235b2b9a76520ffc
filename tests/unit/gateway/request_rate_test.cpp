#include "gateway/request_rate.hpp"

#include "unit/gateway/running_gateway.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace gim::test;
using namespace std::chrono_literals;
using gim::gateway::gateway_options;
using gim::gateway::request_rate;
using gim::gateway::request_rate_options;
using gim::stats::event;

namespace {

constexpr request_rate_options ten_a_second{{10, 2}, 10s};

struct fixture {
    request_rate rate;
    request_rate::clock::time_point now{1000h};

    // True if a message was read now.
    bool read() {
        if (rate.pause(ten_a_second, now) > 0ns) {
            return false;
        }
        rate.spend(ten_a_second);
        return true;
    }
    bool is_hopeless() const { return rate.is_hopeless(ten_a_second, now); }
};

raw_client upgraded(running_gateway& g) {
    raw_client c(g);
    c.upgrade();
    return c;
}

}  // namespace

TEST_CASE_FIXTURE(fixture, "a client within its rate never waits") {
    for (int i = 0; i < 1000; ++i, now += 100ms) {
        REQUIRE(read());
    }
    CHECK_FALSE(rate.is_over());
}

TEST_CASE_FIXTURE(fixture, "beyond the burst it waits for one token, and is over the rate") {
    CHECK(read());
    CHECK(read());
    CHECK_FALSE(rate.is_over());
    CHECK_FALSE(read());
    CHECK(rate.is_over());
    CHECK(rate.pause(ten_a_second, now) == 100ms);
    now += 100ms;
    CHECK(read());
    CHECK_FALSE(read());
}

TEST_CASE_FIXTURE(fixture, "who is over without a break is hopeless when the patience ends") {
    const auto begin = now;
    while (now < begin + 10s) {
        CHECK_FALSE(is_hopeless());
        while (read()) {
        }
        now += 100ms;
    }
    CHECK(is_hopeless());
}

TEST_CASE_FIXTURE(fixture, "one moment in which all was read begins the patience anew") {
    for (int round = 0; round < 5; ++round) {
        const auto begin = now;
        while (now < begin + 9s) {
            while (read()) {
            }
            CHECK_FALSE(is_hopeless());
            now += 100ms;
        }
        rate.all_was_read();
        CHECK_FALSE(rate.is_over());
    }
}

TEST_CASE("more requests than the rate allows are all answered, in order, but later") {
    running_gateway g({}, {}, {200, 10});
    auto c = upgraded(g);
    auto other = upgraded(g);
    std::string all;
    for (int i = 0; i < 60; ++i) {
        all += client_text(std::to_string(i));
    }
    const auto since = std::chrono::steady_clock::now();
    c.send(all);
    CHECK(other.ask("at once") == "at once");
    for (int i = 0; i < 60; ++i) {
        REQUIRE(c.read_answer()->payload == std::to_string(i));
    }
    // 10 of the burst, then one in 5 ms.
    CHECK(std::chrono::steady_clock::now() - since >= 240ms);
    CHECK(g.count(event::request_paused) > 0);
    CHECK(c.ask("still here") == "still here");
    CHECK(g.count(event::close_too_fast) == 0);
}

TEST_CASE("pings count as requests") {
    running_gateway g({}, {}, {200, 10});
    auto c = upgraded(g);
    std::string pings;
    for (int i = 0; i < 1000; ++i) {
        pings += client_frame(0x89, "x");
    }
    c.send(pings + client_text("behind"));
    CHECK(c.read_answer()->opcode == 10);
    CHECK(g.count(event::request_paused) > 0);
    auto f = c.read_answer();
    for (; f && f->opcode == 10; f = c.read_answer()) {
    }
    CHECK(f->payload == "behind");
}

TEST_CASE("who floods for longer than the patience is closed with 4002, and nobody else") {
    gateway_options o;
    o.requests.patience = 300ms;
    running_gateway g(o, {}, {100, 10});
    auto other = upgraded(g);
    auto c = upgraded(g);
    std::string all;
    for (int i = 0; i < 3000; ++i) {
        all += client_text("x");
    }
    c.send(all);
    CHECK(c.read_close() == 4002);
    CHECK(g.count(event::close_too_fast) == 1);
    CHECK(other.ask("still here") == "still here");
    c.send(client_frame(0x88, "\x0f\xa2"));
    CHECK(c.is_at_end());
    CHECK(g.has_connections(1));
}

TEST_CASE("a connection may end while it is paused") {
    running_gateway g({}, {}, {1, 1});
    {
        auto c = upgraded(g);
        c.send(client_text("1") + client_text("2"));
        CHECK(c.read_answer()->payload == "1");
    }
    CHECK(g.has_connections(0));
    auto c = upgraded(g);
    c.send(client_text("1") + client_text("2"));
    CHECK(c.read_answer()->payload == "1");
    g.drain(0s);
    CHECK(c.read_close() == 1001);
    c.send(client_frame(0x88, "\x03\xe9"));
    CHECK(c.is_at_end());
    CHECK(g.has_connections(0));
}
