#include "storage/memory/shared_limit.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <deque>
#include <numeric>
#include <random>
#include <string>
#include <vector>

using gim::storage::shared_limit;

namespace {

// Tables of some workers; each entry is its age.
struct workers {
    workers(std::size_t count, std::size_t limit, std::size_t max_at_once = 1000)
        : tables(count), all(count, max_at_once, [this](std::size_t w) { on_asked(w); }) {
        all.set(limit);
    }
    // Called on the worker that asks.
    void on_asked(std::size_t w) {
        asked.push_back(w);
        if (is_at_once) {
            turn();
        }
    }

    shared_limit::share share(std::size_t w) { return {all, w}; }
    void publish(std::size_t w) {
        share(w).set_oldest(tables[w].empty() ? shared_limit::no_entry : tables[w].front());
    }
    auto evict_oldest(std::size_t w) {
        return [this, w] {
            if (tables[w].empty()) {
                return false;
            }
            evicted.push_back(tables[w].front());
            tables[w].pop_front();
            share(w).remove(1);
            publish(w);
            return true;
        };
    }
    void add(std::size_t w) {
        tables[w].push_back(++age);
        share(w).add(1);
        publish(w);
        share(w).make_space(evict_oldest(w));
    }
    // Lets the workers do what they were asked for.
    void turn() {
        while (!asked.empty()) {
            const auto w = asked.front();
            asked.pop_front();
            share(w).evict(evict_oldest(w));
        }
    }
    std::size_t size() const {
        return std::accumulate(
            tables.begin(),
            tables.end(),
            std::size_t{0},
            [](std::size_t n, const auto& t) { return n + t.size(); }
        );
    }

    std::vector<std::deque<shared_limit::age>> tables;
    std::deque<std::size_t> asked;
    std::vector<shared_limit::age> evicted;
    shared_limit::age age = 0;
    bool is_at_once = false;
    shared_limit all;
};

using ages = std::vector<shared_limit::age>;

}  // namespace

TEST_CASE("one worker may use the whole limit of all") {
    workers s(4, 100);
    for (int i = 0; i < 100; ++i) {
        s.add(2);
    }
    CHECK(s.evicted.empty());
    CHECK(s.all.used() == 100);
    s.add(2);
    CHECK(s.evicted == ages{1});
}

TEST_CASE("the oldest entry of all workers is evicted, wherever it is") {
    workers s(2, 10);
    for (int i = 0; i < 10; ++i) {
        s.add(i < 5 ? 0 : 1);
    }
    s.add(1);
    CHECK(s.evicted.empty());  // worker 0 is asked
    s.turn();
    CHECK(s.evicted == ages{1});
    CHECK(s.all.used() == 10);
    for (int i = 0; i < 5; ++i) {
        s.add(1);
        s.turn();
    }
    CHECK(s.evicted == ages{1, 2, 3, 4, 5, 6});
    CHECK(s.tables[0].empty());
}

TEST_CASE("a worker that is asked and looks at once finds the limit passed") {
    workers s(2, 10);
    s.is_at_once = true;
    for (int i = 0; i < 15; ++i) {
        s.add(i < 5 ? 0 : 1);
        CHECK(s.size() <= 10);
    }
    CHECK(s.evicted == ages{1, 2, 3, 4, 5});
}

TEST_CASE("if the asked worker is busy, the limit is exceeded by an eighth and no more") {
    workers s(2, 80);
    for (int i = 0; i < 160; ++i) {
        s.add(i < 40 ? 0 : 1);
        CHECK(s.size() <= 90);
    }
    CHECK(s.asked.size() == 1);  // however often it is needed
    s.turn();
    CHECK(s.size() == 80);
}

TEST_CASE("a worker asks itself for the rest, if it has much to evict") {
    workers s(1, 0, 16);
    for (int i = 0; i < 100; ++i) {
        s.add(0);
    }
    s.all.set(10);
    s.add(0);
    CHECK(s.evicted.size() == 16);
    s.turn();
    CHECK(s.size() == 10);
}

TEST_CASE("entries that are kept are refused at the limit of all, not at a worker's part of it") {
    shared_limit all(2, 16, {});
    all.set(4);
    shared_limit::share one(all, 0);
    shared_limit::share other(all, 1);
    CHECK(one.keep_new());
    CHECK(one.keep_new());
    CHECK(one.keep_new());
    CHECK(other.keep_new());
    CHECK_FALSE(one.keep_new());
    CHECK_FALSE(other.keep_new());
    other.release();
    CHECK(one.keep_new());
    one.keep();  // one that was there already may come back
    CHECK_FALSE(one.keep_new());
    all.set(0);
    CHECK(one.keep_new());
}

TEST_CASE("whatever workers add and whenever they run, the limit holds and the old go first") {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        workers s(3, 64);
        for (int i = 0; i < 2000; ++i) {
            s.add(random() % 10 == 0 ? random() % 3 : seed % 3);
            if (random() % 4 == 0) {
                s.turn();
                CHECK(s.size() <= 64);
                for (const auto& table : s.tables) {
                    CHECK((table.empty() || table.front() > s.age - 200));
                }
            }
            CHECK(s.size() == s.all.used());
            // A worker that has no entry yet adds its first one all the same.
            CHECK(s.size() <= 64 + 8 + 2);
        }
    }
}
