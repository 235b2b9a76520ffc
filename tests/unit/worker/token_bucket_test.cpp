#include "worker/token_bucket.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <random>
#include <vector>

using gim::worker::rate_limit;
using gim::worker::token_bucket;
using namespace std::chrono_literals;

namespace {

using instant = token_bucket::clock::time_point;

// Takes all that there are now.
std::size_t take_all(token_bucket& b, const rate_limit& l, instant now) {
    std::size_t n = 0;
    for (; b.wait(l, now) == 0ns; ++n) {
        b.spend(l, now);
    }
    return n;
}

}  // namespace

TEST_CASE("a full bucket has a burst of tokens, and then one comes back an interval") {
    constexpr rate_limit l{50, 100};
    token_bucket b;
    const instant now{1000h};
    CHECK(b.is_full(now));
    CHECK(take_all(b, l, now) == 100);
    CHECK_FALSE(b.is_full(now));
    CHECK(b.wait(l, now) == 20ms);
    CHECK(b.wait(l, now + 19ms) == 1ms);
    CHECK(take_all(b, l, now + 20ms - 1ns) == 0);
    CHECK(take_all(b, l, now + 20ms) == 1);
    CHECK(take_all(b, l, now + 1020ms) == 50);
    CHECK(take_all(b, l, now + 1h) == 100);
}

TEST_CASE("it is full again when all that were taken are back") {
    constexpr rate_limit l{10, 5};
    token_bucket b;
    const instant now{1000h};
    b.spend(l, now);
    b.spend(l, now);
    CHECK_FALSE(b.is_full(now + 200ms - 1ns));
    CHECK(b.is_full(now + 200ms));
}

TEST_CASE("spending from an empty bucket makes no debt") {
    constexpr rate_limit l{10, 2};
    token_bucket b;
    const instant now{1000h};
    for (int i = 0; i < 1000; ++i) {
        b.spend(l, now);
    }
    CHECK(b.wait(l, now) == 100ms);
    CHECK(take_all(b, l, now + 200ms) == 2);
}

TEST_CASE("a burst of one lets nothing pass twice within an interval") {
    constexpr rate_limit l{1'000'000, 1};
    token_bucket b;
    const instant now{1000h};
    CHECK(take_all(b, l, now) == 1);
    CHECK(take_all(b, l, now + 999ns) == 0);
    CHECK(take_all(b, l, now + 1000ns) == 1);
}

TEST_CASE("in no span of time does more pass than the burst and the rate allow") {
    const unsigned seed = std::random_device()();
    CAPTURE(seed);
    std::mt19937 random(seed);
    constexpr rate_limit l{100, 7};
    token_bucket b;
    instant now{1000h};
    std::vector<instant> passed;
    for (int i = 0; i < 20'000; ++i) {
        now += std::chrono::microseconds(random() % (random() % 100 == 0 ? 100'000 : 8'000));
        if (b.wait(l, now) == 0ns) {
            b.spend(l, now);
            passed.push_back(now);
        }
    }
    REQUIRE(passed.size() > 1000);
    for (std::size_t first = 0; first < passed.size(); ++first) {
        for (auto last = first + 7; last < std::min(first + 200, passed.size()); ++last) {
            const auto span = passed[last] - passed[first];
            REQUIRE(last - first + 1 <= 7 + static_cast<std::size_t>(span / l.interval()));
        }
    }
}
