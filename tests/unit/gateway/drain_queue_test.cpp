#include "gateway/drain_queue.hpp"

#include <doctest/doctest.h>

#include <numeric>
#include <vector>

using gim::gateway::drain_queue;
using namespace std::chrono_literals;

namespace {

std::vector<gim::push::connection_id> ids(std::size_t count) {
    std::vector<gim::push::connection_id> all(count);
    std::iota(all.begin(), all.end(), 1);
    return all;
}

const drain_queue::clock::time_point start{};

}  // namespace

TEST_CASE("many are closed evenly, within the time that there is") {
    drain_queue queue(ids(5000), start, 20s);
    CHECK(queue.due(0) == start);
    CHECK(queue.due(2500) == start + 10s);
    CHECK(queue.due(4999) < start + 20s);
    std::size_t taken = 0;
    for (auto t = 0ms; t <= 20s; t += 100ms) {
        const auto due = queue.take_due(start + t);
        CHECK(due.size() <= 26);
        for (const auto id : due) {
            CHECK(id == ++taken);
        }
    }
    CHECK(taken == 5000);
    CHECK(queue.take_due(start + 1h).empty());
}

TEST_CASE("few do not take that long") {
    drain_queue queue(ids(3), start, 20s);
    CHECK(queue.take_due(start).size() == 1);
    CHECK(queue.take_due(start + 20ms).size() == 2);
}

TEST_CASE("without time all are closed at once, and nobody takes none") {
    drain_queue queue(ids(100), start, 0s);
    CHECK(queue.take_due(start).size() == 100);
    drain_queue nobody({}, start, 20s);
    CHECK(nobody.take_due(start + 1h).empty());
    drain_queue idle;
    CHECK(idle.take_due(start + 1h).empty());
}

TEST_CASE("a hundred thousand are told in slices, each once and in order") {
    drain_queue queue(ids(100'000), start, 25s);
    std::size_t told = 0;
    while (queue.has_untold()) {
        const auto [some, first] = queue.take_untold(256);
        REQUIRE(some.size() <= 256);
        REQUIRE(first == told);
        for (const auto id : some) {
            REQUIRE(id == ++told);
        }
    }
    CHECK(told == 100'000);
    CHECK(queue.take_untold(256).ids.empty());
    CHECK_FALSE(drain_queue().has_untold());
}

TEST_CASE("whoever is due has to be told first") {
    drain_queue queue(ids(1000), start, 1s);  // one a millisecond
    CHECK(queue.has_untold_due(start));
    queue.take_untold(100);
    CHECK_FALSE(queue.has_untold_due(start + 99ms));
    CHECK(queue.has_untold_due(start + 100ms));
    queue.take_untold(900);
    CHECK_FALSE(queue.has_untold_due(start + 1h));
    CHECK_FALSE(drain_queue().has_untold_due(start + 1h));
}
