#include "redis/backoff.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <vector>

using gim::redis::backoff;

namespace {

std::vector<std::int64_t> waits(backoff& b, int count) {
    std::vector<std::int64_t> out;
    for (int i = 0; i < count; ++i) {
        out.push_back(b.next().count());
    }
    return out;
}

}  // namespace

TEST_CASE("each wait is half to all of twice the one before, up to two seconds") {
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        CAPTURE(seed);
        backoff b(seed);
        std::int64_t all = backoff::first.count();
        for (int i = 0; i < 20; ++i) {
            const auto wait = b.next().count();
            CHECK(wait >= all / 2);
            CHECK(wait <= all);
            all = std::min<std::int64_t>(all * 2, backoff::most.count());
        }
    }
}

TEST_CASE("after a reset it begins anew") {
    backoff b(1);
    waits(b, 10);
    b.reset();
    const auto again = waits(b, 2);
    CHECK(again[0] <= backoff::first.count());
    CHECK(again[1] <= 2 * backoff::first.count());
}

TEST_CASE("the random half is spread, differs by seed, and is the same for the same seed") {
    std::set<std::int64_t> firsts;
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
        firsts.insert(backoff(seed).next().count());
    }
    // From 25 to 50 ms: of a thousand, every one of them.
    CHECK(*firsts.begin() == backoff::first.count() / 2);
    CHECK(*firsts.rbegin() == backoff::first.count());
    CHECK(firsts.size() == 26);

    backoff one(7), same(7), other(8);
    const auto of_one = waits(one, 10);
    CHECK(of_one == waits(same, 10));
    CHECK(of_one != waits(other, 10));
}
