#include "storage/message_ids.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <set>
#include <string>

using gim::storage::message_ids;

namespace {

constexpr std::int64_t now = 1'800'000'000'000;

std::uint64_t number_of(const std::string& id) {
    std::uint64_t number = 0;
    for (const char c : id) {
        const int digit = c <= '9' ? c - '0' : c <= 'Z' ? c - 'A' + 10 : c - 'a' + 36;
        number = number * 62 + static_cast<std::uint64_t>(digit);
    }
    return number;
}
std::int64_t ms_of(const std::string& id) {
    return static_cast<std::int64_t>(number_of(id) >> 21);
}
std::uint64_t worker_of(const std::string& id) {
    return number_of(id) >> 13 & 0xff;
}
std::uint64_t counter_of(const std::string& id) {
    return number_of(id) & 0x1fff;
}

}  // namespace

TEST_CASE("an id is 11 letters and digits that tell the time and the worker") {
    message_ids ids(5, 1);
    const std::string id = ids.next(now);
    CHECK(id.size() == 11);
    CHECK(std::all_of(id.begin(), id.end(), [](unsigned char c) { return std::isalnum(c) != 0; }));
    CHECK(ms_of(id) == now);
    CHECK(worker_of(id) == 5);
}

TEST_CASE("only the low 8 bits of the worker are in an id") {
    message_ids ids(256 + 7, 1);
    const std::string id = ids.next(now);
    CHECK(worker_of(id) == 7);
    CHECK(ms_of(id) == now);
}

TEST_CASE("ids sort as texts in the order they were made") {
    message_ids ids(0, 3);
    std::string before = ids.next(now);
    for (int i = 1; i < 100'000; ++i) {
        std::string id = ids.next(now + i / 100);
        REQUIRE(before < id);
        before = std::move(id);
    }
}

TEST_CASE("ids rise while the clock runs backwards") {
    message_ids ids(0, 4);
    const std::string first = ids.next(now);
    const std::string second = ids.next(now - 3'600'000);
    const std::string third = ids.next(now + 1);
    CHECK(first < second);
    CHECK(ms_of(second) == now);
    CHECK(second < third);
    CHECK(ms_of(third) == now + 1);
}

TEST_CASE("a full counter borrows from the next millisecond") {
    message_ids ids(9, 5);
    std::set<std::string> seen;
    std::string before;
    for (int i = 0; i < 50'000; ++i) {
        const std::string id = ids.next(now);
        REQUIRE(before < id);
        REQUIRE(worker_of(id) == 9);
        seen.insert(id);
        before = id;
    }
    CHECK(seen.size() == 50'000);
    CHECK(ms_of(*seen.begin()) == now);
    // Each millisecond holds 4096 to 8192 of them.
    CHECK(ms_of(before) >= now + 50'000 / 8192);
    CHECK(ms_of(before) <= now + 50'000 / 4096);
}

TEST_CASE("a counter starts elsewhere with every seed and every millisecond, in the lower half") {
    std::set<std::uint64_t> by_seed;
    std::set<std::uint64_t> by_ms;
    message_ids same(0, 1);
    for (unsigned i = 0; i < 100; ++i) {
        message_ids fresh(0, i);
        by_seed.insert(counter_of(fresh.next(now)));
        by_ms.insert(counter_of(same.next(now + i)));
    }
    CHECK(by_seed.size() > 90);
    CHECK(by_ms.size() > 90);
    CHECK(*by_seed.rbegin() < 4096);
    CHECK(*by_ms.rbegin() < 4096);
}

TEST_CASE("ids begin behind those that others have made, in their last millisecond, too") {
    message_ids before(1, 5);
    std::string last;
    for (int i = 0; i < 10; ++i) {
        last = before.next(1'700'000'000'000);
    }
    message_ids after(0, 6);
    after.begin_behind(before.last_ms());
    after.begin_behind(before.last_ms() - 5);
    auto next = after.next(1'700'000'000'000);
    CHECK(next > last);
    CHECK(after.next(1'600'000'000'000) > next);
    CHECK(after.last_ms() == 1'700'000'000'001);
}

TEST_CASE("many nodes have 12 bits for the worker and 9 for the counter") {
    message_ids ids(4095, 7, message_ids::worker_bits_of_many);
    std::set<std::string> seen;
    std::string before;
    for (int i = 0; i < 5'000; ++i) {
        const std::string id = ids.next(now);
        REQUIRE(id.size() == message_ids::length);
        REQUIRE(before < id);
        REQUIRE((number_of(id) >> 9 & 0xfff) == 4095);
        seen.insert(id);
        before = id;
    }
    CHECK(ms_of(*seen.begin()) == now);
    CHECK(ms_of(before) >= now + 5'000 / 512);
    CHECK(ms_of(before) <= now + 5'000 / 256);
}

TEST_CASE("with another worker's number the ids go on ascending") {
    message_ids ids(4000, 7, message_ids::worker_bits_of_many);
    const std::string first = ids.next(now);
    ids.set_worker(1);
    const std::string second = ids.next(now);
    CHECK(first < second);
    CHECK((number_of(second) >> 9 & 0xfff) == 1);
    CHECK(ms_of(second) == now + 1);
}
