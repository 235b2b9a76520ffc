#include "observe/profiling/cpu_profile.hpp"

#include <doctest/doctest.h>

#include <string>

using gim::profiling::cpu_profile;
using outcome = cpu_profile::outcome;

TEST_CASE("there is one profile at a time, and the next one when it has ended") {
    cpu_profile first;
    cpu_profile second;
    REQUIRE(first.start() == outcome::started);
    CHECK(second.start() == outcome::another_one_runs);
    const auto bytes = first.stop();
    // The head is five words of 8 bytes, and behind the samples stand the mappings.
    CHECK(bytes.size() > 40);
    CHECK(bytes.find("profiling_tests") != std::string::npos);
    CHECK(second.start() == outcome::started);
    CHECK_FALSE(second.stop().empty());
}

TEST_CASE("one that is given up ends") {
    {
        cpu_profile lost;
        REQUIRE(lost.start() == outcome::started);
        cpu_profile refused;
        CHECK(refused.start() == outcome::another_one_runs);
    }
    cpu_profile next;
    CHECK(next.start() == outcome::started);
}
