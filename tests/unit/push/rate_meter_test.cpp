#include "push/rate_meter.hpp"

#include <doctest/doctest.h>

using gim::push::rate_meter;
using namespace std::chrono_literals;

namespace {

const rate_meter::clock::time_point start{1000h};

}  // namespace

TEST_CASE("what is even has its rate, whenever one looks") {
    rate_meter m;
    for (int i = 0; i < 1000; ++i) {  // 20 a second, for 50 s
        m.count(start + i * 50ms);
    }
    for (int i = 0; i < 10; ++i) {
        const auto seen = m.per_second(start + 49'950ms + i * 5ms);
        CHECK(seen == doctest::Approx(20).epsilon(0.01));
    }
}

TEST_CASE("what has just begun counts over ten seconds, and what has ended is forgotten in twenty"
) {
    rate_meter m;
    CHECK(m.per_second(start) == 0);
    for (int i = 0; i < 50; ++i) {
        m.count(start);
    }
    CHECK(m.per_second(start) == 5);
    CHECK(m.per_second(start + 9s) == 5);
    CHECK(m.per_second(start + 15s) == doctest::Approx(2.5));
    CHECK(m.per_second(start + 20s) == 0);
    CHECK(m.per_second(start + 1h) == 0);
    m.count(start + 1h);
    CHECK(m.per_second(start + 1h) == doctest::Approx(0.1));
}
