#include "push/flush_gate.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <vector>

using gim::push::flush_gate;

TEST_CASE("no more than the limit are inside, the others enter in the order they came") {
    flush_gate gate(2);
    std::vector<int> entered;
    for (int i = 1; i <= 5; ++i) {
        gate.enter([&entered, i] { entered.push_back(i); });
    }
    CHECK(entered == std::vector{1, 2});
    gate.release();
    CHECK(entered == std::vector{1, 2, 3});
    gate.release();
    gate.release();
    CHECK(entered == std::vector{1, 2, 3, 4, 5});
    gate.release();
    gate.release();
    gate.enter([&entered] { entered.push_back(6); });
    gate.enter([&entered] { entered.push_back(7); });
    gate.enter([&entered] { entered.push_back(8); });
    CHECK(entered.back() == 7);
}

TEST_CASE("whoever is let through may release and enter at once") {
    flush_gate gate(1);
    int entered = 0;
    std::function<void()> again = [&] {
        if (++entered < 100) {
            gate.enter(again);
            gate.release();
        }
    };
    gate.enter(again);
    CHECK(entered == 100);
}

TEST_CASE("none starves, however eager the others are") {
    const unsigned seed = std::random_device()();
    CAPTURE(seed);
    std::mt19937 random(seed);
    constexpr int rooms = 50;
    flush_gate gate(3);
    std::vector<int> turns(rooms);
    std::vector<bool> waiting(rooms);
    int inside = 0, worst_inside = 0;
    const auto ask = [&](int room) {
        if (waiting[static_cast<std::size_t>(room)]) {
            return;
        }
        waiting[static_cast<std::size_t>(room)] = true;
        gate.enter([&, room] {
            waiting[static_cast<std::size_t>(room)] = false;
            ++turns[static_cast<std::size_t>(room)];
            worst_inside = std::max(worst_inside, ++inside);
        });
    };
    for (int step = 0; step < 20'000; ++step) {
        // The first rooms ask all the time, the last ones seldom.
        ask(static_cast<int>(random() % 5));
        ask(static_cast<int>(random() % rooms));
        if (inside > 0) {
            --inside;
            gate.release();
        }
    }
    CHECK(worst_inside == 3);
    for (int room = 0; room < rooms; ++room) {
        CAPTURE(room);
        CHECK(turns[static_cast<std::size_t>(room)] > 100);
    }
}
