#include "storage/memory/request_memory.hpp"

#include "support/one_limit.hpp"
#include "support/snapshot_bytes.hpp"

#include <doctest/doctest.h>

#include <string>
#include <variant>

using namespace std::chrono_literals;
using gim::storage::request_memory;

namespace {

constexpr request_memory::clock::time_point start{};

// With a limit of its own.
struct limited_requests : private gim::test::one_limit, public request_memory {
    explicit limited_requests(std::size_t most, clock::duration time = 300s)
        : one_limit(most), request_memory(share(), time) {}
    void set_limit(std::size_t most) { all.set(most); }
};

gim::storage::receipt answer_of(std::uint64_t sequence) {
    return {"m" + std::to_string(sequence), sequence, 1000};
}

// What another memory knows of what this one has saved: in the order of their keys' numbers.
void move(
    const request_memory& from,
    request_memory& to,
    request_memory::clock::time_point saved,
    request_memory::clock::time_point restored
) {
    const auto bytes = gim::test::snapshot_bytes([&](gim::storage::snapshot_writer& w) {
        w.add(gim::storage::snapshot::beginning{"e", 1});
        from.save(w, saved);
    });
    const auto read =
        gim::storage::read_snapshot(gim::test::source_of(bytes), [&](const auto& record) {
            if (const auto* r = std::get_if<gim::storage::snapshot::request>(&record)) {
                to.restore(*r, restored);
            }
        });
    CHECK(read.has_value());
}

}  // namespace

TEST_CASE("a request is known for its time, with what was answered") {
    limited_requests requests(10);
    const request_memory::key one{"ann", "1:lobby", "r1"};
    CHECK_FALSE(requests.find(one, 7, start));
    CHECK(requests.remember(one, 7, answer_of(5), start) == 0);
    const auto known = requests.find(one, 7, start + 300s - 1ns);
    REQUIRE(known);
    CHECK(known->is_same_content);
    CHECK(known->answer.id == "m5");
    CHECK(known->answer.sequence == 5);
    CHECK(known->answer.created_at == 1000);
    CHECK_FALSE(requests.find(one, 7, start + 300s));
    CHECK(requests.size() == 0);
}

TEST_CASE("the same id from another sender, or to another session, is another request") {
    limited_requests requests(10);
    requests.remember({"ann", "1:lobby", "r1"}, 7, answer_of(1), start);
    CHECK_FALSE(requests.find({"bob", "1:lobby", "r1"}, 7, start));
    CHECK_FALSE(requests.find({"ann", "1:other", "r1"}, 7, start));
    CHECK_FALSE(requests.find({"ann", "1:lobby", "r2"}, 7, start));
    CHECK_FALSE(requests.find({"an", "n1:lobby", "r1"}, 7, start));
    CHECK(requests.find({"ann", "1:lobby", "r1"}, 7, start));
}

TEST_CASE("a copy with other content is told from one with the same") {
    limited_requests requests(10);
    requests.remember({"ann", "1:lobby", "r1"}, 7, answer_of(1), start);
    const auto known = requests.find({"ann", "1:lobby", "r1"}, 8, start);
    REQUIRE(known);
    CHECK_FALSE(known->is_same_content);
}

TEST_CASE("beyond its number the oldest are forgotten, and that is said") {
    limited_requests requests(3);
    const auto name = [](int i) { return "r" + std::to_string(i); };
    for (int i = 0; i < 5; ++i) {
        const auto id = name(i);
        const auto forgotten = requests.remember({"ann", "1:lobby", id}, 7, answer_of(1), start);
        CHECK(forgotten == (i >= 3 ? 1 : 0));
    }
    CHECK(requests.size() == 3);
    for (int i = 0; i < 5; ++i) {
        const auto id = name(i);
        CHECK(requests.find({"ann", "1:lobby", id}, 7, start).has_value() == (i >= 2));
    }
    // What is over makes room by itself.
    const auto later = start + 301s;
    const auto outcome = requests.remember({"ann", "1:lobby", "r9"}, 7, answer_of(1), later);
    CHECK(outcome == 0);
    CHECK(requests.size() == 1);
}

TEST_CASE("a memory of none remembers nothing") {
    limited_requests requests(0);
    requests.remember({"ann", "1:lobby", "r1"}, 7, answer_of(1), start);
    CHECK_FALSE(requests.find({"ann", "1:lobby", "r1"}, 7, start));
}

TEST_CASE("a memory that was saved and restored knows the same, for the time that is left") {
    limited_requests old(10);
    const request_memory::key one{"ann", "2:ann:bob", "r1"};
    const request_memory::key two{"bob", "1:lobby", "r2"};
    old.remember(one, 7, answer_of(5), start);
    old.remember(two, ~0ULL, answer_of(6), start + 100s);
    limited_requests now(10);
    // Another clock.
    const auto begin = start + 5000s;
    move(old, now, start + 200s, begin);
    now.settle();
    CHECK(now.size() == 2);
    const auto known = now.find(one, 7, begin + 100s - 1ms);
    REQUIRE(known);
    CHECK(known->is_same_content);
    CHECK(known->answer.id == "m5");
    CHECK(known->answer.sequence == 5);
    CHECK(known->answer.created_at == 1000);
    CHECK_FALSE(now.find(one, 7, begin + 100s));
    CHECK(now.find(two, ~0ULL, begin + 200s - 1ms)->is_same_content);
    CHECK_FALSE(now.find(two, ~0ULL, begin + 200s));
    CHECK(now.size() == 0);
}

TEST_CASE("what several memories have saved is forgotten by its age, and the newest are kept") {
    limited_requests first(10);
    limited_requests second(10);
    first.remember({"ann", "1:a", "1"}, 1, answer_of(1), start);
    first.remember({"ann", "1:a", "3"}, 1, answer_of(3), start + 3s);
    second.remember({"ann", "1:b", "2"}, 1, answer_of(2), start + 2s);
    second.remember({"ann", "1:b", "4"}, 1, answer_of(4), start + 4s);
    second.remember({"old", "1:b", "0"}, 1, answer_of(4), start - 1000s);
    limited_requests now(3);
    move(first, now, start + 5s, start + 5s);
    move(second, now, start + 5s, start + 5s);
    now.settle();
    CHECK(now.size() == 3);
    CHECK_FALSE(now.find({"ann", "1:a", "1"}, 1, start + 5s));
    CHECK(now.find({"ann", "1:b", "2"}, 1, start + 302s - 1ms));
    CHECK_FALSE(now.find({"ann", "1:b", "2"}, 1, start + 302s));
    CHECK(now.find({"ann", "1:a", "3"}, 1, start + 303s - 1ms));
    CHECK_FALSE(now.find({"ann", "1:a", "3"}, 1, start + 303s));
    CHECK(now.size() == 1);
    limited_requests none(0);
    move(first, none, start + 5s, start + 5s);
    none.settle();
    CHECK(none.size() == 0);
}

TEST_CASE("nothing is remembered for longer than this memory does, nor twice") {
    limited_requests old(10, 3000s);
    old.remember({"ann", "1:a", "1"}, 1, answer_of(1), start);
    limited_requests now(10);
    move(old, now, start, start);
    move(old, now, start, start);
    now.settle();
    CHECK(now.size() == 1);
    CHECK_FALSE(now.find({"ann", "1:a", "1"}, 1, start + 300s));
}

TEST_CASE("a smaller memory forgets the oldest with the next request") {
    limited_requests requests(10);
    for (std::uint64_t i = 0; i < 10; ++i) {
        requests.remember({"ann", "1:lobby", std::to_string(i)}, 7, answer_of(i), start);
    }
    requests.set_limit(3);
    CHECK(requests.find({"ann", "1:lobby", "0"}, 7, start));
    const auto outcome = requests.remember({"ann", "1:lobby", "10"}, 7, answer_of(10), start);
    CHECK(outcome == 8);
    CHECK(requests.size() == 3);
    CHECK_FALSE(requests.find({"ann", "1:lobby", "7"}, 7, start));
    CHECK(requests.find({"ann", "1:lobby", "8"}, 7, start));
}
