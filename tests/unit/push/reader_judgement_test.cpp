// Who is cut off, and when: by what the reader takes, never by what is queued at once.

#include "unit/push/outboxes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <random>
#include <string>

using gim::push::cut;
using gim::push::flush_list;
using gim::push::outbox;
using gim::push::outbox_options;
using gim::test::raw_frame;
using gim::test::written_outbox;
using namespace std::chrono_literals;

namespace {

using instant = outbox::clock::time_point;
using duration = outbox::clock::duration;

// An outbox whose socket takes nothing by itself, and a clock.
struct reader {
    flush_list list{{}, [] {}};
    written_outbox owner;
    outbox& box = owner.box;
    duration age;
    instant now{1000h};

    explicit reader(outbox_options o, duration age_ = 5s) : owner(list, o), age(age_) {
        box.set_blocked(true);
    }
    void push(std::size_t bytes) { box.push(raw_frame(std::string(bytes, 'x'), now)); }
    void pass(duration d) { now += d; }
    cut judged() {
        box.judge(now, age);
        return box.why_cut();
    }
};

}  // namespace

TEST_CASE("a burst of any size cuts nobody who takes the hard bound in each age") {
    reader r({.hard_bytes = 1000});
    r.push(50'000);
    while (!r.box.is_empty()) {
        r.pass(500ms);
        r.box.consume(std::min<std::size_t>(r.box.bytes(), 100));
        REQUIRE(r.judged() == cut::none);
    }
}

TEST_CASE("over the hard bound one that takes nothing is cut off after a rest") {
    for (const auto& [age, rest] : {std::pair<duration, duration>{5s, 2s}, {1s, 1s}, {0s, 2s}}) {
        reader r({.hard_bytes = 1000}, age);
        r.push(1001);
        CHECK(r.judged() == cut::none);
        r.pass(rest - 1ns);
        CHECK(r.judged() == cut::none);
        r.pass(1ns);
        CHECK(r.judged() == cut::too_much);
    }
}

TEST_CASE("over the hard bound one that drips is cut off within the age") {
    reader r({.hard_bytes = 1000});
    r.push(3000);
    const auto begin = r.now;
    while (r.judged() == cut::none) {
        REQUIRE(r.now - begin <= 5s);
        r.box.consume(10);
        r.pass(100ms);
    }
    CHECK(r.now - begin == 5s);
    CHECK(r.box.why_cut() == cut::too_much);
}

TEST_CASE("dripping around the hard bound buys no time") {
    reader r({.hard_bytes = 1000});
    r.push(1001);
    const auto begin = r.now;
    while (r.judged() == cut::none) {
        REQUIRE(r.now - begin <= 5s);
        r.box.consume(2);  // below
        r.push(2);         // above
        r.pass(100ms);
    }
    CHECK(r.now - begin == 5s);
}

TEST_CASE("what is left of a burst has the age from the last step on, what comes later its own") {
    reader r({.hard_bytes = 1000});
    r.push(1500);
    r.pass(4s);
    r.box.consume(1000);
    CHECK(r.judged() == cut::none);  // 500 are left, which wait for 4 s already
    r.pass(4s);
    r.push(100);
    CHECK(r.judged() == cut::none);
    r.box.consume(500);
    r.pass(5s - 1ns);
    CHECK(r.judged() == cut::none);
    r.pass(1ns);
    CHECK(r.judged() == cut::too_old);
}

TEST_CASE("of what is left of a burst one that stops is cut off as well") {
    reader r({.hard_bytes = 1000});
    r.push(1500);
    r.pass(1s);
    r.box.consume(1000);
    CHECK(r.judged() == cut::none);
    r.pass(5s - 1ns);
    CHECK(r.judged() == cut::none);
    r.pass(1ns);
    CHECK(r.judged() == cut::too_old);
}

TEST_CASE("many small frames are a burst, too") {
    reader r({.hard_bytes = 1'000'000, .hard_frames = 100});
    for (int i = 0; i < 101; ++i) {
        r.push(1);
    }
    CHECK(r.judged() == cut::none);
    r.pass(2s);
    CHECK(r.judged() == cut::too_much);
}

TEST_CASE("where bytes may have any age, only a burst is to be taken") {
    reader r({.hard_bytes = 1000}, 0s);
    r.push(1000);
    r.pass(24h);
    CHECK(r.judged() == cut::none);
    r.push(1000);
    const auto begin = r.now;
    while (r.judged() == cut::none && r.box.is_over()) {
        REQUIRE(r.now - begin <= 1min);
        r.box.consume(1);
        r.pass(1s);
    }
    CHECK(r.box.why_cut() == cut::too_much);
}

// A reader that takes the hard bound within each age is never cut off, whatever comes, and one that
// stops always is, soon.
TEST_CASE("random bursts never cut a reader that reads, and always one that stops") {
    std::mt19937 random(20261201);
    const auto any = [&](std::size_t from, std::size_t to) {
        return std::uniform_int_distribution<std::size_t>(from, to)(random);
    };
    for (int round = 0; round < 400; ++round) {
        outbox_options o;
        o.hard_bytes = any(1, 20'000);
        o.soft_bytes = any(0, 1) * any(1, 10'000);
        o.hard_frames = any(1, 50);
        const auto age = std::chrono::milliseconds(any(100, 10'000));
        CAPTURE(round);
        reader r(o, age);
        // As the flusher does: some eight times an age. A step ends at the next look after it.
        const auto look = age / 8;
        // In a look's time it takes what the bound asks for, at least a byte.
        const auto takes = (o.hard_bytes + 7) / 8 + 1;
        for (int i = 0; i < 200; ++i) {
            if (any(0, 3) == 0) {
                for (auto frames = any(1, 100); frames > 0; --frames) {
                    r.push(any(1, 2 * o.hard_bytes));
                }
            }
            r.pass(look);
            r.box.consume(std::min(r.box.bytes(), takes + any(0, 1) * any(0, 3 * takes)));
            REQUIRE(r.judged() == cut::none);
        }
        r.push(any(1, 3 * o.hard_bytes));
        const auto stopped = r.now;
        while (r.judged() == cut::none) {
            r.pass(look);
            REQUIRE(r.now - stopped <= 2 * age + look);
        }
    }
}
