#include "tools/load/fixed_rate.hpp"
#include "tools/load/send_window.hpp"

#include <doctest/doctest.h>

using namespace gim::load;
using namespace std::chrono_literals;

TEST_CASE("a window of one lets the next message go when all have the last one") {
    send_window w(1, 1000);
    REQUIRE(w.has_room());
    w.on_sent();
    CHECK_FALSE(w.has_room());
    w.on_delivered(999);
    CHECK_FALSE(w.has_room());
    w.on_delivered(1);
    CHECK(w.has_room());
}

TEST_CASE("a window of many holds so many, whose deliveries count together") {
    send_window w(3, 10);
    int sent = 0;
    for (; w.has_room(); ++sent) {
        w.on_sent();
    }
    CHECK(sent == 3);
    w.on_delivered(9);
    CHECK_FALSE(w.has_room());
    w.on_delivered(1);
    CHECK(w.has_room());
    CHECK(w.outstanding() == 20);
}

TEST_CASE("a refused message is no longer under way") {
    send_window w(1, 5);
    w.on_sent();
    w.on_refused();
    CHECK(w.has_room());
}

TEST_CASE("a receiver that leaves is not waited for, and gets nothing more") {
    send_window w(1, 3);
    w.on_sent();
    w.on_delivered(2);
    w.on_receiver_gone(1);
    REQUIRE(w.has_room());
    w.on_sent();
    CHECK(w.outstanding() == 2);
}

TEST_CASE("without receivers there is nothing to send") {
    send_window w(4, 1);
    w.on_receiver_gone(0);
    CHECK_FALSE(w.has_room());
    CHECK_FALSE(send_window(4, 0).has_room());
}

TEST_CASE("what comes after it was given up does not count twice") {
    send_window w(2, 4);
    w.on_sent();
    w.on_sent();
    w.give_up();
    CHECK(w.has_room());
    w.on_delivered(8);
    CHECK(w.outstanding() == 0);
}

TEST_CASE("a fixed rate is exact over any time") {
    const fixed_rate::time_point begin{1h};
    for (const std::uint64_t rate : {1u, 3u, 7u, 1000u, 20'000u, 999'983u}) {
        CAPTURE(rate);
        const fixed_rate r(begin, rate);
        CHECK(r.due(0) == begin);
        CHECK(r.due(rate) == begin + 1s);
        CHECK(r.due(rate * 100'000) == begin + 100'000s);
        CHECK(r.due_before(begin) == 0);
        CHECK(r.due_before(begin - 1s) == 0);
        CHECK(r.due_before(begin + 1ns) == 1);
        CHECK(r.due_before(begin + 1s) == rate);
        CHECK(r.due_before(begin + 1s + 1ns) == rate + 1);
        CHECK(r.due_before(begin + 86'400s) == rate * 86'400);
        for (std::uint64_t n = 1; n < 2000; n += 13) {
            REQUIRE(r.due(n) > r.due(n - 1));
            REQUIRE(r.due_before(r.due(n)) == n);
            REQUIRE(r.due_before(r.due(n) + 1ns) == n + 1);
        }
    }
}
