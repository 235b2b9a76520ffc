#include "tools/load/recorder.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

using namespace gim::load;
using namespace std::chrono_literals;

namespace {

const clock::time_point start{100s};

}  // namespace

TEST_CASE("only what is intended in the measured time has a latency") {
    recorder r(std::nullopt, std::nullopt, 1s);
    r.on_unit(start - 20ms, start - 10ms);  // still the warm-up
    r.begin(start);
    r.on_unit(start - 10ms, start + 5ms);  // work that was done in it
    r.on_unit(start + 10ms, start + 12ms);
    r.turn(start + 1s);
    CHECK_FALSE(r.is_measuring());
    r.on_unit(start + 990ms, start + 1500ms);  // the one that is late counts most
    measurement m;
    r.report(m);
    CHECK(m.time == 1s);
    CHECK(m.units_in_time == 2);
    CHECK(m.latency.count() == 2);
    CHECK(m.latency.max() == 510ms);
    CHECK_FALSE(m.server_cpu);
}

TEST_CASE("samples end about every fiftieth of the time, and hold what came in them") {
    recorder r(std::nullopt, std::nullopt, 10s);
    r.begin(start);
    for (auto now = start; r.is_measuring(); now += 10ms) {
        r.on_unit(now, now + 1ms);
        r.turn(now);
    }
    const auto& samples = r.samples();
    REQUIRE(samples.size() == 50);
    CHECK(samples.front().at == 200ms);
    CHECK(samples.back().at == 10s);
    CHECK(samples[7].delivered == 20);
    CHECK(samples[7].max == 1ms);
    CHECK(r.units_a_second() == 100);
    measurement m;
    r.report(m);
    CHECK(m.samples.size() == 50);
    CHECK(m.units_in_time == 1001);
}

TEST_CASE("after a pause of the machine the samples go on, and end in time") {
    recorder r(std::nullopt, std::nullopt, 1s);
    r.begin(start);
    r.turn(start + 430ms);
    r.turn(start + 435ms);
    r.turn(start + 990ms);
    r.turn(start + 1001ms);
    CHECK_FALSE(r.is_measuring());
    CHECK(r.samples().back().at == 1001ms);
}

TEST_CASE("messages count that are accepted in the measured time") {
    recorder r(std::nullopt, ::getpid(), 1s);
    r.on_accepted();
    r.begin(start);
    r.on_accepted();
    r.on_accepted();
    r.turn(start + 1s);
    r.on_accepted();
    measurement m;
    r.report(m);
    CHECK(m.messages_in_time == 2);
    REQUIRE(m.redis);
    CHECK(m.redis->cpu.total() >= 0ns);
}

TEST_CASE("answers count like units") {
    recorder r(std::nullopt, std::nullopt, 1s);
    r.begin(start);
    r.on_answer(start - 1ms, start + 1ms);
    r.on_answer(start + 1ms, start + 4ms);
    measurement m;
    r.report(m);
    CHECK(m.answers.count() == 1);
    CHECK(m.answers.max() == 3ms);
}
