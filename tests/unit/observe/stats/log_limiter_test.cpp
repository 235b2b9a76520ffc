#include "observe/stats/log_limiter.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <thread>
#include <vector>

using gim::stats::held_back_text;
using gim::stats::log_limiter;
using namespace std::chrono_literals;

TEST_CASE("of many lines the first is let through, and one every three seconds after it") {
    log_limiter limiter;
    const log_limiter::clock::time_point start{};
    CHECK(limiter.allow(start) == 0);
    CHECK_FALSE(limiter.allow(start));
    CHECK_FALSE(limiter.allow(start + 2999ms));
    CHECK(limiter.allow(start + 3s) == 2);
    CHECK_FALSE(limiter.allow(start + 4s));
    CHECK(limiter.allow(start + 60s) == 1);
    CHECK(limiter.allow(start + 63s) == 0);
}

TEST_CASE("threads that log at once get one line between them, and no line is forgotten") {
    log_limiter limiter;
    const log_limiter::clock::time_point start{};
    std::atomic<int> written{0};
    std::atomic<std::uint64_t> told{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 1000; ++i) {
                if (const auto held_back = limiter.allow(start)) {
                    ++written;
                    told += *held_back;
                }
            }
        });
    }
    for (auto& t : threads) {
        t.join();
    }
    CHECK(written == 1);
    const auto rest = limiter.allow(start + 3s);
    REQUIRE(rest);
    CHECK(told + *rest == 3999);
}

TEST_CASE("the number held back is written only if there is one") {
    CHECK(held_back_text(0).empty());
    CHECK(held_back_text(12) == "; 12 more like it before");
}
