#include "tools/load/delivery_check.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

using namespace gim::load;

namespace {

using outcome = delivery_check::outcome;

void send(delivery_check& check, std::size_t sender, int times) {
    for (int i = 0; i < times; ++i) {
        check.on_sent(sender);
    }
}

}  // namespace

TEST_CASE("when every message reaches every receiver in order, nothing is wrong") {
    delivery_check check({{2, 3}});
    send(check, 0, 10);
    send(check, 1, 5);
    for (std::size_t receiver = 0; receiver < 3; ++receiver) {
        for (std::uint32_t i = 0; i < 10; ++i) {
            CHECK(check.on_delivered(receiver, 0, i) == outcome::in_order);
            if (i < 5) {
                CHECK(check.on_delivered(receiver, 1, i) == outcome::in_order);
            }
        }
        CHECK(check.owed_to(receiver) == 0);
    }
    const auto t = check.result();
    CHECK(t.sent == 15);
    CHECK(t.expected == 45);
    CHECK(t.delivered == 45);
    CHECK(t.lost + t.duplicated + t.out_of_order + t.skipped + t.stray + t.refused == 0);
}

TEST_CASE("what does not come is lost, also at the end and for one receiver alone") {
    delivery_check check({{1, 2}});
    send(check, 0, 4);
    check.on_delivered(0, 0, 0);
    check.on_delivered(0, 0, 2);
    for (std::uint32_t i = 0; i < 4; ++i) {
        check.on_delivered(1, 0, i);
    }
    CHECK(check.owed_to(0) == 2);
    CHECK(check.owed_to(1) == 0);
    const auto t = check.result();
    CHECK(t.expected == 8);
    CHECK(t.delivered == 6);
    CHECK(t.lost == 2);
    CHECK(t.out_of_order == 0);
}

TEST_CASE("what comes late is out of order and not lost, what comes twice is a duplicate") {
    delivery_check check({{1, 1}});
    send(check, 0, 6);
    CHECK(check.on_delivered(0, 0, 0) == outcome::in_order);
    CHECK(check.on_delivered(0, 0, 4) == outcome::in_order);
    CHECK(check.on_delivered(0, 0, 2) == outcome::late);  // in the middle of what is missing
    CHECK(check.on_delivered(0, 0, 2) == outcome::again);
    CHECK(check.on_delivered(0, 0, 1) == outcome::late);
    CHECK(check.on_delivered(0, 0, 3) == outcome::late);
    CHECK(check.on_delivered(0, 0, 0) == outcome::again);
    CHECK(check.on_delivered(0, 0, 5) == outcome::in_order);
    const auto t = check.result();
    CHECK(t.delivered == 6);
    CHECK(t.lost == 0);
    CHECK(t.out_of_order == 3);
    CHECK(t.duplicated == 2);
}

TEST_CASE("what the server says it skipped is not lost") {
    delivery_check check({{1, 2}});
    send(check, 0, 10);
    check.on_skipped(0, 7);
    for (std::uint32_t i = 7; i < 10; ++i) {
        check.on_delivered(0, 0, i);
    }
    check.on_skipped(1, 6);
    check.on_delivered(1, 0, 9);
    const auto t = check.result();
    CHECK(t.skipped == 13);
    CHECK(t.lost == 3);  // of the second receiver
    CHECK(t.expected == t.delivered + t.skipped + t.lost);
}

TEST_CASE("a refused message is expected nowhere") {
    delivery_check check({{1, 3}});
    send(check, 0, 2);
    check.on_refused(0);
    for (std::size_t receiver = 0; receiver < 3; ++receiver) {
        check.on_delivered(receiver, 0, 1);
    }
    const auto t = check.result();
    CHECK(t.sent == 2);
    CHECK(t.refused == 1);
    CHECK(t.expected == 3);
    CHECK(t.lost == 0);
}

TEST_CASE("channels do not mix") {
    delivery_check check({{1, 1}, {0, 2}, {2, 1}});
    CHECK(check.channel_of_sender(0) == 0);
    CHECK(check.channel_of_sender(2) == 2);
    CHECK(check.channel_of_receiver(1) == 1);
    CHECK(check.channel_of_receiver(3) == 2);
    send(check, 0, 1);
    send(check, 2, 1);
    CHECK(check.on_delivered(0, 0, 0) == outcome::in_order);
    CHECK(check.on_delivered(3, 2, 0) == outcome::in_order);
    CHECK(check.on_delivered(3, 0, 0) == outcome::stray);
    CHECK(check.on_delivered(1, 0, 0) == outcome::stray);
    CHECK(check.on_delivered(0, 0, 1) == outcome::stray);    // never sent
    CHECK(check.on_delivered(0, 999, 0) == outcome::stray);  // no such sender
    const auto t = check.result();
    CHECK(t.expected == 2);
    CHECK(t.delivered == 2);
    CHECK(t.stray == 4);
}

TEST_CASE("any order of any messages is counted as a plain set counts it") {
    std::mt19937 random(11);
    for (int round = 0; round < 200; ++round) {
        constexpr std::uint32_t messages = 40;
        delivery_check check({{1, 1}});
        send(check, 0, messages);
        std::set<std::uint32_t> seen;
        std::uint64_t again = 0;
        std::uint64_t late = 0;
        for (int i = 0; i < 60; ++i) {
            const auto index = static_cast<std::uint32_t>(random() % messages);
            check.on_delivered(0, 0, index);
            if (seen.count(index) > 0) {
                ++again;
            } else if (!seen.empty() && index < *seen.rbegin()) {
                ++late;
            }
            seen.insert(index);
        }
        const auto t = check.result();
        REQUIRE(t.delivered == seen.size());
        REQUIRE(t.lost == messages - seen.size());
        REQUIRE(t.duplicated == again);
        REQUIRE(t.out_of_order == late);
    }
}
