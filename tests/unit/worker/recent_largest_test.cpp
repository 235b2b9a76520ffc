#include "worker/recent_largest.hpp"

#include <doctest/doctest.h>

using gim::worker::recent_largest;
using namespace std::chrono_literals;

namespace {

const recent_largest::clock::time_point start{1000h};

}  // namespace

TEST_CASE("the largest of the last ten seconds is told, and forgotten within twenty") {
    recent_largest r;
    CHECK(r.largest(start) == 0s);
    r.add(5ms, start);
    r.add(3ms, start + 1s);
    CHECK(r.largest(start + 1s) == 5ms);
    r.add(1ms, start + 10s);
    CHECK(r.largest(start + 10s) == 5ms);
    r.add(2ms, start + 20s);
    CHECK(r.largest(start + 20s) == 2ms);
    CHECK(r.largest(start + 35s) == 2ms);
    CHECK(r.largest(start + 40s) == 0s);
}

TEST_CASE("after a time in which nothing came only what comes then counts") {
    recent_largest r;
    r.add(5ms, start);
    r.add(1ms, start + 1min);
    CHECK(r.largest(start + 1min) == 1ms);
}
