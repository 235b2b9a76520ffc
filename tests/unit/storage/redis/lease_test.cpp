#include "storage/redis/lease.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using gim::storage::lease;
using gim::storage::lease_time;
using gim::storage::renewal_interval;

namespace {

constexpr lease::clock::time_point start{1h};

}  // namespace

TEST_CASE("a lease holds from when it was asked for, so long as it lasts") {
    lease l;
    CHECK_FALSE(l.holds(start));
    l.renewed(start);
    CHECK(l.holds(start));
    CHECK(l.holds(start + lease_time - 1ms));
    CHECK_FALSE(l.holds(start + lease_time));
}

TEST_CASE("a renewed lease holds on, a lost one does not") {
    lease l;
    l.renewed(start);
    l.renewed(start + renewal_interval);
    CHECK(l.holds(start + lease_time));
    CHECK_FALSE(l.holds(start + renewal_interval + lease_time));
    l.lost();
    CHECK_FALSE(l.holds(start + renewal_interval));
}

TEST_CASE("a lease outlasts three renewals in vain") {
    lease l;
    l.renewed(start);
    CHECK(l.holds(start + 3 * renewal_interval + renewal_interval / 2));
}
