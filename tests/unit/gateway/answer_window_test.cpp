#include "gateway/answer_window.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

using gim::gateway::answer_window;

TEST_CASE("one answer always fits, however long it is") {
    answer_window w(1000);
    CHECK_FALSE(w.is_full(0));
    w.add(1'000'000, 1'000'000);
    CHECK_FALSE(w.is_full(0));  // that half is full, the other one is empty
    w.add(1'000'000, 2'000'000);
    CHECK(w.is_full(0));
    CHECK(w.is_full(999'999));
    CHECK_FALSE(w.is_full(1'000'000));
}

TEST_CASE("what was written makes room, though packets of others lie between") {
    answer_window w(1000);
    std::uint64_t end = 0;
    for (int i = 0; i < 1000; ++i) {
        REQUIRE_FALSE(w.is_full(end));
        end += 50'000;  // of others
        end += 300;
        w.add(300, end);
        // All is written, at once.
    }
}

TEST_CASE("small answers are counted by what they take") {
    answer_window w(256 * 1024);
    std::uint64_t end = 0;
    int answers = 0;
    while (!w.is_full(0)) {
        end += 2;
        w.add(2, end);
        ++answers;
    }
    CHECK(answers < 4096);
    CHECK(answers > 1000);
}

// Against a list of the answers: what waits of them is never more than the window, two answers and
// what their frames take; and full means that half of it waits.
TEST_CASE("random answers and writes stay within the window") {
    std::mt19937 random(7);
    const auto any = [&](std::size_t from, std::size_t to) {
        return std::uniform_int_distribution<std::size_t>(from, to)(random);
    };
    struct answer {
        std::uint64_t end;
        std::size_t bytes;
    };
    for (int round = 0; round < 200; ++round) {
        const auto size = any(1, 5000);
        const auto longest = any(1, 3000);
        answer_window w(size);
        std::vector<answer> all;
        std::uint64_t end = 0, taken = 0;
        for (int i = 0; i < 500; ++i) {
            if (!w.is_full(taken)) {
                end += any(0, 1) * any(0, 10'000);
                const auto bytes = any(1, longest);
                end += bytes;
                w.add(bytes, end);
                all.push_back({end, bytes});
            } else {
                REQUIRE(taken < end);
            }
            taken = std::min<std::uint64_t>(end, taken + any(0, 2 * longest));
            std::size_t waiting = 0;
            for (const auto& a : all) {
                waiting += a.end > taken ? a.bytes : 0;
            }
            REQUIRE(waiting <= size + 2 * (longest + 128));
        }
        REQUIRE_FALSE(w.is_full(end));
    }
}
