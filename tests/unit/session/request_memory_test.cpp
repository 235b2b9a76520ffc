#include "session/request_memory.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace std::chrono_literals;
using gim::session::request_memory;

namespace {

constexpr request_memory::clock::time_point start{};

request_memory::answer answer_of(std::uint64_t sequence) {
    return {"m" + std::to_string(sequence), sequence, 1000};
}

}  // namespace

TEST_CASE("a request is known for its time, with what was answered") {
    request_memory requests({10, 300s});
    const request_memory::key one{"ann", "1:lobby", "r1"};
    CHECK_FALSE(requests.find(one, 7, start));
    CHECK(requests.remember(one, 7, answer_of(5), start) == request_memory::forgotten::none);
    const auto known = requests.find(one, 7, start + 300s - 1ns);
    REQUIRE(known);
    CHECK(known->is_same_content);
    CHECK(known->answered.message_id == "m5");
    CHECK(known->answered.sequence == 5);
    CHECK(known->answered.created_at == 1000);
    CHECK_FALSE(requests.find(one, 7, start + 300s));
    CHECK(requests.size() == 0);
}

TEST_CASE("the same id from another sender, or to another session, is another request") {
    request_memory requests({10, 300s});
    requests.remember({"ann", "1:lobby", "r1"}, 7, answer_of(1), start);
    CHECK_FALSE(requests.find({"bob", "1:lobby", "r1"}, 7, start));
    CHECK_FALSE(requests.find({"ann", "1:other", "r1"}, 7, start));
    CHECK_FALSE(requests.find({"ann", "1:lobby", "r2"}, 7, start));
    CHECK_FALSE(requests.find({"an", "n1:lobby", "r1"}, 7, start));
    CHECK(requests.find({"ann", "1:lobby", "r1"}, 7, start));
}

TEST_CASE("a copy with other content is told from one with the same") {
    request_memory requests({10, 300s});
    requests.remember({"ann", "1:lobby", "r1"}, 7, answer_of(1), start);
    const auto known = requests.find({"ann", "1:lobby", "r1"}, 8, start);
    REQUIRE(known);
    CHECK_FALSE(known->is_same_content);
}

TEST_CASE("beyond its number the oldest are forgotten, and that is said") {
    request_memory requests({3, 300s});
    const auto name = [](int i) { return "r" + std::to_string(i); };
    for (int i = 0; i < 5; ++i) {
        const auto id = name(i);
        const auto outcome = requests.remember({"ann", "1:lobby", id}, 7, answer_of(1), start);
        const bool is_full = outcome == request_memory::forgotten::before_its_time;
        CHECK(is_full == (i >= 3));
    }
    CHECK(requests.size() == 3);
    for (int i = 0; i < 5; ++i) {
        const auto id = name(i);
        CHECK(requests.find({"ann", "1:lobby", id}, 7, start).has_value() == (i >= 2));
    }
    // What is over makes room by itself.
    const auto later = start + 301s;
    const auto outcome = requests.remember({"ann", "1:lobby", "r9"}, 7, answer_of(1), later);
    CHECK(outcome == request_memory::forgotten::none);
    CHECK(requests.size() == 1);
}

TEST_CASE("a memory of none remembers nothing") {
    request_memory requests({0, 300s});
    requests.remember({"ann", "1:lobby", "r1"}, 7, answer_of(1), start);
    CHECK_FALSE(requests.find({"ann", "1:lobby", "r1"}, 7, start));
}
