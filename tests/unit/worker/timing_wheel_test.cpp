#include "worker/timing_wheel.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

using gim::worker::timeout;
using gim::worker::timing_wheel;
using namespace std::chrono_literals;

namespace {

using clock_type = timing_wheel::clock;
constexpr auto tick = timing_wheel::tick;

// A wheel and its time, which moves by steps smaller than a tick.
struct fixture {
    const clock_type::time_point start = clock_type::time_point(1000h);
    clock_type::time_point now = start;
    timing_wheel wheel{start};

    void pass(clock_type::duration d, clock_type::duration step = 5ms) {
        for (const auto end = now + d; now < end;) {
            now = std::min(now + step, end);
            wheel.advance(now);
        }
    }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "a timeout fires once, never early and at most a tick late") {
    for (const auto delay :
         {0ms,
          1ms,
          24ms,
          25ms,
          26ms,
          49ms,
          51ms,
          1000ms,
          6399ms,
          6400ms,
          6401ms,
          12800ms,
          12801ms,
          60000ms}) {
        CAPTURE(delay.count());
        int fired = 0;
        clock_type::time_point at;
        timeout t([&] {
            ++fired;
            at = now;
        });
        const auto due = now + delay;
        wheel.arm(t, due);
        CHECK(t.is_armed());
        pass(delay + 2 * tick, 1ms);
        CHECK(fired == 1);
        CHECK(at >= due);
        CHECK(at <= due + tick + 1ms);
        CHECK_FALSE(t.is_armed());
        CHECK(wheel.is_empty());
        pass(7s);
        CHECK(fired == 1);
    }
}

TEST_CASE_FIXTURE(fixture, "a thousand timeouts of up to many rounds each fire within their tick") {
    const unsigned seed = std::random_device()();
    CAPTURE(seed);
    std::mt19937 random(seed);
    struct item {
        std::unique_ptr<timeout> t;
        clock_type::time_point due;
        std::optional<clock_type::time_point> at;
    };
    std::vector<item> items(1000);
    for (auto& i : items) {
        i.t = std::make_unique<timeout>([&i, this] { i.at = now; });
        i.due = now + std::chrono::microseconds(random() % 30'000'000);
        wheel.arm(*i.t, i.due);
    }
    pass(30s + 2 * tick);
    std::size_t wrong = 0;
    for (const auto& i : items) {
        wrong += !i.at || *i.at < i.due || *i.at > i.due + tick + 5ms;
    }
    CHECK(wrong == 0);
    CHECK(wheel.is_empty());
}

TEST_CASE_FIXTURE(fixture, "arming again moves a timeout, to later and to sooner") {
    int fired = 0;
    timeout t([&] { ++fired; });
    wheel.arm(t, now + 100ms);
    pass(50ms);
    wheel.arm(t, now + 200ms);
    pass(190ms);
    CHECK(fired == 0);
    wheel.arm(t, now + 10s);
    wheel.arm(t, now + 50ms);
    pass(80ms);
    CHECK(fired == 1);
    pass(11s);
    CHECK(fired == 1);
}

TEST_CASE_FIXTURE(fixture, "cancelling and destroying keep a timeout from firing") {
    int fired = 0;
    timeout cancelled([&] { ++fired; });
    auto destroyed = std::make_unique<timeout>([&] { ++fired; });
    wheel.arm(cancelled, now + 50ms);
    wheel.arm(*destroyed, now + 50ms);
    CHECK_FALSE(wheel.is_empty());
    cancelled.cancel();
    cancelled.cancel();
    destroyed.reset();
    CHECK(wheel.is_empty());
    pass(200ms);
    CHECK(fired == 0);
}

TEST_CASE_FIXTURE(fixture, "what fires may arm itself again") {
    int fired = 0;
    timeout* self = nullptr;
    timeout t([&] {
        ++fired;
        wheel.arm(*self, now + 100ms);
    });
    self = &t;
    wheel.arm(t, now + 100ms);
    pass(1050ms);
    CHECK(fired >= 8);
    CHECK(fired <= 10);
    t.cancel();
    CHECK(wheel.is_empty());
}

TEST_CASE_FIXTURE(fixture, "a timeout that arms itself for the past does not hold up the wheel") {
    int fired = 0;
    timeout* self = nullptr;
    timeout t([&] {
        ++fired;
        wheel.arm(*self, start);
    });
    self = &t;
    wheel.arm(t, now);
    now += 10 * tick;
    wheel.advance(now);
    CHECK(fired == 10);
}

TEST_CASE_FIXTURE(fixture, "what fires may cancel, move and destroy others that are due too") {
    std::vector<std::string> fired;
    std::optional<timeout> cancelled, moved, destroyed;
    timeout first([&] {
        fired.push_back("first");
        cancelled->cancel();
        wheel.arm(*moved, now + 100ms);
        destroyed.reset();
    });
    cancelled.emplace([&] { fired.push_back("cancelled"); });
    moved.emplace([&] { fired.push_back("moved"); });
    destroyed.emplace([&] { fired.push_back("destroyed"); });
    timeout last([&] { fired.push_back("last"); });
    for (timeout* t : {&first, &*cancelled, &*moved, &*destroyed, &last}) {
        wheel.arm(*t, now + 50ms);
    }
    pass(80ms);
    CHECK(fired == std::vector<std::string>{"first", "last"});
    pass(100ms);
    CHECK(fired == std::vector<std::string>{"first", "last", "moved"});
    CHECK(wheel.is_empty());
}

TEST_CASE_FIXTURE(fixture, "after a long time without timeouts one is neither early nor late") {
    int fired = 0;
    timeout t([&] { ++fired; });
    wheel.arm(t, now + 10ms);
    pass(50ms);
    REQUIRE(fired == 1);
    now += 5h + 7ms;  // nobody calls advance() while nothing is armed
    wheel.arm(t, now + 100ms);
    pass(95ms);
    CHECK(fired == 1);
    pass(40ms);
    CHECK(fired == 2);
}

TEST_CASE_FIXTURE(fixture, "a call after a long pause fires all that became due, and only that") {
    std::vector<int> fired;
    timeout a([&] { fired.push_back(1); });
    timeout b([&] { fired.push_back(2); });
    timeout c([&] { fired.push_back(3); });
    wheel.arm(a, now + 100ms);
    wheel.arm(b, now + 20s);
    wheel.arm(c, now + 2h);
    now += 1h;
    wheel.advance(now);
    CHECK(fired == std::vector<int>{1, 2});
    now = start + 2h - 1ms;
    wheel.advance(now);
    CHECK(fired.size() == 2);
    now += tick;
    wheel.advance(now);
    CHECK(fired.size() == 3);
}

TEST_CASE_FIXTURE(fixture, "an exception out of a timeout does not keep the others from firing") {
    int fired = 0;
    timeout failing([] { throw std::runtime_error("on purpose"); });
    timeout other([&] { ++fired; });
    timeout later([&] { ++fired; });
    wheel.arm(failing, now + 50ms);
    wheel.arm(other, now + 50ms);
    wheel.arm(later, now + 100ms);
    CHECK_NOTHROW(pass(200ms));
    CHECK(fired == 2);
    CHECK(wheel.is_empty());
}
