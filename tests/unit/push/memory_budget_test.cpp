#include "push/memory_budget.hpp"

#include <doctest/doctest.h>

#include <cstddef>

using gim::push::memory_budget;

TEST_CASE("up to the limit nobody gives anything back") {
    memory_budget b(100);
    b.report(0, 60);
    b.report(0, 40);
    CHECK(b.excess_of(60) == 0);
    CHECK(b.excess_of(40) == 0);
    CHECK(b.excess_of(0) == 0);
}

TEST_CASE("beyond it each gives back by what it holds, together what is too much") {
    memory_budget b(100);
    b.report(0, 150);
    b.report(0, 50);
    CHECK(b.excess_of(150) == 75);
    CHECK(b.excess_of(50) == 25);
    CHECK(b.excess_of(0) == 0);
    b.report(150, 75);
    CHECK(b.excess_of(50) == 10);
    b.report(50, 0);
    CHECK(b.excess_of(75) == 0);
}

TEST_CASE("the smallest excess is a byte, so that it ends") {
    memory_budget b(100);
    b.report(0, 50);
    b.report(0, 51);
    CHECK(b.excess_of(50) == 1);
    CHECK(b.excess_of(51) == 1);
}

TEST_CASE("without a limit nothing is too much") {
    memory_budget b(0);
    b.report(0, std::size_t{1} << 60);
    CHECK_FALSE(b.is_limited());
    CHECK(b.excess_of(std::size_t{1} << 60) == 0);
}

TEST_CASE("another limit counts from the next look on") {
    memory_budget budget(0);
    budget.report(0, 1000);
    CHECK(budget.excess_of(1000) == 0);
    budget.set_limit(400);
    CHECK(budget.excess_of(1000) == 600);
    budget.set_limit(0);
    CHECK(budget.excess_of(1000) == 0);
}
