#include "push/flush_schedule.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <vector>

using namespace std::chrono_literals;

namespace {
using schedule = gim::push::flush_schedule<int>;
const auto start = schedule::clock::time_point(1000h);
}  // namespace

TEST_CASE("an empty schedule has nothing due, ever") {
    schedule s;
    CHECK_FALSE(s.next_due());
    CHECK(s.take_due(start + 10h) == nullptr);
}

TEST_CASE("rooms come out when they are due, the earliest first, and once") {
    schedule s;
    int a = 1, b = 2, c = 3;
    s.add(b, start + 20ms);
    s.add(c, start + 30ms);
    s.add(a, start + 10ms);
    CHECK(s.next_due() == start + 10ms);
    CHECK(s.take_due(start + 9ms) == nullptr);
    CHECK(s.take_due(start + 25ms) == &a);
    CHECK(s.take_due(start + 25ms) == &b);
    CHECK(s.take_due(start + 25ms) == nullptr);
    CHECK(s.next_due() == start + 30ms);
    CHECK(s.take_due(start + 30ms) == &c);
    CHECK_FALSE(s.next_due());
}

TEST_CASE("many rooms added in any order come out sorted by their times") {
    const unsigned seed = std::random_device()();
    CAPTURE(seed);
    std::mt19937 random(seed);
    schedule s;
    std::vector<int> rooms(1000);
    for (auto& r : rooms) {
        r = static_cast<int>(random() % 500);
        s.add(r, start + std::chrono::milliseconds(r));
    }
    std::vector<int> out;
    while (const int* r = s.take_due(start + 1s)) {
        out.push_back(*r);
    }
    CHECK(out.size() == rooms.size());
    CHECK(std::ranges::is_sorted(out));
}
