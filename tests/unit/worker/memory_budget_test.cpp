#include "worker/memory_budget.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstddef>
#include <thread>
#include <utility>
#include <vector>

using gim::worker::memory_budget;

TEST_CASE("up to seven eighths of the limit bytes are given, and not one more") {
    memory_budget b(800);
    CHECK(b.mark() == 700);
    CHECK(b.try_take(660));
    CHECK_FALSE(b.try_take(41));
    CHECK(b.used() == 660);
    CHECK(b.try_take(40));
    CHECK_FALSE(b.try_take(1));
    b.give_back(1);
    CHECK(b.try_take(1));
    CHECK_FALSE(b.try_take(static_cast<std::size_t>(-1)));
}

TEST_CASE("what must wait in any case is counted, and others get nothing meanwhile") {
    memory_budget b(800);
    b.take(900);
    CHECK(b.used() == 900);
    CHECK_FALSE(b.try_take(0));
    b.give_back(200);
    CHECK(b.try_take(0));
    CHECK_FALSE(b.try_take(1));
}

TEST_CASE("without a limit everything is given, and counted") {
    memory_budget b;
    CHECK_FALSE(b.is_limited());
    CHECK(b.try_take(std::size_t{1} << 60));
    CHECK(b.used() == std::size_t{1} << 60);
    CHECK(b.excess_of(std::size_t{1} << 60) == 0);
}

TEST_CASE("another limit counts from the next call on") {
    memory_budget b(0);
    b.take(1000);
    CHECK(b.excess_of(1000) == 0);
    b.set_limit(400);
    CHECK(b.limit() == 400);
    CHECK(b.excess_of(1000) == 650);  // beyond the mark of 350
    CHECK_FALSE(b.try_take(1));
    b.set_limit(1144);  // its mark is 1001
    CHECK(b.try_take(1));
    b.set_limit(0);
    CHECK(b.try_take(1));
}

TEST_CASE("a share is given back at its end, wherever it was moved to") {
    memory_budget b(100);
    {
        memory_budget::share s(&b);
        CHECK(s.try_resize(60));
        CHECK_FALSE(s.try_resize(89));
        CHECK(s.bytes() == 60);
        CHECK(b.used() == 60);
        CHECK(s.try_resize(20));
        CHECK(b.used() == 20);
        s.resize(200);
        CHECK(b.used() == 200);
        CHECK(s.try_resize(150));  // fewer are fine, though it is still too much
        memory_budget::share moved(std::move(s));
        CHECK(moved.bytes() == 150);
        CHECK(b.used() == 150);
        memory_budget::share other(&b);
        other.resize(7);
        other = std::move(moved);
        CHECK(other.bytes() == 150);
    }
    CHECK(b.used() == 0);
    memory_budget::share of_none;
    CHECK(of_none.try_resize(std::size_t{1} << 60));
}

TEST_CASE("threads that take at once never pass the limit together") {
    memory_budget b(1142);  // its mark is 1000
    std::atomic<int> passed{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 20'000; ++i) {
                if (b.try_take(300)) {
                    passed += b.used() > 1000 ? 1 : 0;
                    b.give_back(300);
                }
            }
        });
    }
    for (auto& t : threads) {
        t.join();
    }
    CHECK(passed == 0);
    CHECK(b.used() == 0);
}

// A limit of 800 has its mark at 700.
TEST_CASE("up to the mark nobody gives anything back") {
    memory_budget b(800);
    b.take(400);
    b.take(300);
    CHECK(b.excess_of(400) == 0);
    CHECK(b.excess_of(0) == 0);
}

TEST_CASE("beyond it each gives back by what it holds, together what is too much") {
    memory_budget b(800);
    b.take(750);
    b.take(250);
    CHECK(b.excess_of(750) == 225);
    CHECK(b.excess_of(250) == 75);
    CHECK(b.excess_of(0) == 0);
    b.give_back(250);
    CHECK(b.excess_of(750) == 50);
    b.give_back(50);
    CHECK(b.excess_of(700) == 0);
}

TEST_CASE("the smallest excess is a byte, so that it ends") {
    memory_budget b(800);
    b.take(350);
    b.take(351);
    CHECK(b.excess_of(350) == 1);
    CHECK(b.excess_of(351) == 1);
}
