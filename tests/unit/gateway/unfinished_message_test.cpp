#include "unit/gateway/running_gateway.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace gim::test;
using gim::gateway::gateway_options;
using gim::stats::event;

namespace {

constexpr unsigned text = 0x81;

raw_client logged_in(running_gateway& g) {
    raw_client c(g);
    c.upgrade();
    if (c.ask("login") != "login") {
        throw std::runtime_error("not logged in");
    }
    return c;
}

// True when `wanted` holds of what is counted, at once or soon.
template <class Wanted>
bool becomes(running_gateway& g, Wanted wanted) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!wanted(g.memory.used()) && std::chrono::steady_clock::now() < end) {
        call_on(g.pool.at(0), [] {});
    }
    return wanted(g.memory.used());
}
bool is_free(running_gateway& g) {
    return becomes(g, [](std::size_t used) { return used == 0; });
}

const std::string long_text(60'000, 'x');
const std::string long_frame = client_frame(text, long_text);
const auto first_part = std::string_view(long_frame).substr(0, 50'000);
const auto last_part = std::string_view(long_frame).substr(50'000);

}  // namespace

TEST_CASE("what is half read of a message counts until the message is whole or its client is gone"
) {
    running_gateway g;
    auto c = logged_in(g);
    CHECK(is_free(g));
    c.send(first_part);
    CHECK(becomes(g, [](std::size_t used) { return used >= 49'000; }));
    CHECK(g.unfinished.used() == g.memory.used());
    c.send(last_part);
    CHECK(c.read_answer()->payload == long_text);
    CHECK(is_free(g));
    // The same in fragments.
    c.send(client_frame(0x01, long_text.substr(0, 30'000)) + client_frame(0x00, "y"));
    CHECK(becomes(g, [](std::size_t used) { return used >= 30'000; }));
    c.send(client_frame(0x80, "z"));
    CHECK(c.read_answer()->payload == long_text.substr(0, 30'000) + "yz");
    CHECK(is_free(g));
    c.send(first_part);
    CHECK(becomes(g, [](std::size_t used) { return used >= 49'000; }));
    c = logged_in(g);  // and the one before goes away
    CHECK(is_free(g));
}

TEST_CASE("a short message takes nothing, whole or not") {
    running_gateway g;
    auto c = logged_in(g);
    CHECK(is_free(g));
    const auto came = g.count(event::byte_received);
    const auto frame = client_frame(text, std::string(240, 'x'));
    c.send(frame.substr(0, 200));
    CHECK(g.comes_to(event::byte_received, came + 200));
    CHECK(g.memory.used() == 0);
    c.send(frame.substr(200));
    CHECK(c.read_answer()->payload.size() == 240);
}

TEST_CASE("half-read messages have half of the memory: beyond it their client is closed with 1013"
) {
    gateway_options o;
    o.pending_bytes = 512 * 1024;
    o.message_timeout = 10 * patience;
    o.close_timeout = 10 * patience;
    running_gateway g(o);
    auto other = logged_in(g);
    std::vector<raw_client> halves;
    for (int i = 0; i < 12; ++i) {
        halves.push_back(logged_in(g));
        halves.back().send(first_part);
    }
    // Each holds 50,000 bytes at least.
    const auto end = std::chrono::steady_clock::now() + patience;
    while (g.count(event::close_try_again) < 6 && std::chrono::steady_clock::now() < end) {
        CHECK(g.memory.used() <= 512 * 1024 / 7 * 4);
        call_on(g.pool.at(0), [] {});
    }
    CHECK(g.count(event::close_try_again) >= 6);
    // Messages of others come through if they are short.
    const std::string usual(8'000, 'y');
    CHECK(other.ask(usual) == usual);
    std::size_t closed = 0;
    for (auto& c : halves) {
        c.send(last_part);
        const auto f = c.read_answer();
        REQUIRE(f);
        const bool is_refused = f->opcode == 8;
        CHECK((is_refused ? f->close_code() == 1013 : f->payload == long_text));
        closed += is_refused ? 1 : 0;
    }
    CHECK(closed == g.count(event::close_try_again));
    CHECK(closed < halves.size());
    halves.clear();
    CHECK(is_free(g));
    CHECK(other.ask(long_text) == long_text);
}

TEST_CASE("slow readers that have used up the memory cost nobody who sends a message") {
    gateway_options o;
    o.pending_bytes = 512 * 1024;
    running_gateway g(o);
    auto c = logged_in(g);
    CHECK(is_free(g));
    g.memory.take(o.pending_bytes);
    c.send(first_part);
    CHECK(becomes(g, [&](std::size_t used) { return used >= o.pending_bytes + 49'000; }));
    CHECK(g.count(event::close_try_again) == 0);
    g.memory.give_back(o.pending_bytes);
    c.send(last_part);
    CHECK(c.read_answer()->payload == long_text);
}

TEST_CASE("without a limit no message is refused for memory") {
    running_gateway g;
    std::vector<raw_client> halves;
    for (int i = 0; i < 12; ++i) {
        halves.push_back(logged_in(g));
        halves.back().send(first_part);
    }
    for (auto& c : halves) {
        c.send(last_part);
        CHECK(c.read_answer()->payload == long_text);
    }
    CHECK(g.count(event::close_try_again) == 0);
}
