#include "worker/memory_part.hpp"

#include <doctest/doctest.h>

#include <cstddef>

using gim::worker::memory_budget;
using gim::worker::memory_part;

namespace {

constexpr std::size_t kib = 1024;

}  // namespace

// A limit of 1792 KiB gives the part 1024 KiB, of which 896 KiB are for all that is long.
TEST_CASE("what is long may have half of the whole, and counts in the whole") {
    memory_budget whole(1792 * kib);
    memory_part part(whole);
    CHECK(part.try_grow(0, 500 * kib));
    CHECK(part.try_grow(500 * kib, 800 * kib));
    CHECK_FALSE(part.try_grow(0, 97 * kib));
    CHECK(part.try_grow(0, 96 * kib));
    CHECK(part.used() == 896 * kib);
    CHECK(whole.used() == 896 * kib);
    part.give_back(96 * kib);
    CHECK(part.used() == 800 * kib);
    CHECK(whole.used() == 800 * kib);
}

TEST_CASE("what is short may have more, but has an end, too") {
    memory_budget whole(1792 * kib);
    memory_part part(whole);
    CHECK(part.try_grow(0, 896 * kib));
    constexpr auto piece = memory_part::short_bytes;
    CHECK_FALSE(part.try_grow(0, piece + 1));
    for (std::size_t i = 0; i < 128 * kib / piece; ++i) {
        CHECK(part.try_grow(0, piece));
    }
    CHECK_FALSE(part.try_grow(0, 1));
    CHECK(part.used() == 1024 * kib);
    part.give_back(1);
    CHECK(part.try_grow(0, 1));
}

TEST_CASE("slow readers that have used up the whole take nothing from the part") {
    memory_budget whole(1792 * kib);
    memory_part part(whole);
    whole.take(1800 * kib);
    CHECK(part.try_grow(0, 896 * kib));
    CHECK_FALSE(part.try_grow(0, 100 * kib));
    CHECK(part.used() == 896 * kib);
    CHECK(whole.used() == 2696 * kib);
}

TEST_CASE("the part follows the limit of the whole; without one everything is given") {
    memory_budget whole(0);
    memory_part part(whole);
    CHECK(part.try_grow(0, std::size_t{1} << 40));
    part.give_back(std::size_t{1} << 40);
    whole.set_limit(1792 * kib);
    CHECK_FALSE(part.try_grow(0, 897 * kib));
    whole.set_limit(3584 * kib);
    CHECK(part.try_grow(0, 897 * kib));
}

TEST_CASE("a share of the part is given back to both at its end") {
    memory_budget whole(1792 * kib);
    memory_part part(whole);
    {
        memory_part::share s(&part);
        CHECK(s.try_resize(600 * kib));
        CHECK_FALSE(s.try_resize(900 * kib));
        CHECK(s.bytes() == 600 * kib);
        s.resize(2000 * kib);
        CHECK(whole.used() == 2000 * kib);
        CHECK(s.try_resize(1900 * kib));  // fewer are fine, though it is still too much
        CHECK(part.used() == 1900 * kib);
    }
    CHECK(part.used() == 0);
    CHECK(whole.used() == 0);
    memory_part::share of_none;
    CHECK(of_none.try_resize(std::size_t{1} << 60));
}
