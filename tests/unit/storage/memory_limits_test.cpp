#include "storage/memory_limits.hpp"

#include <doctest/doctest.h>

using gim::storage::memory_limits;

TEST_CASE("the parts of all workers are the whole, and none is nothing") {
    const memory_limits all{
        .history = 10, .history_bytes = 4, .rooms = 1, .users = 100, .requests = 4};
    const auto part = all.share_of(3);
    CHECK(part.history == 10);  // each session's
    CHECK(part.history_bytes == 2);
    CHECK(part.rooms == 1);
    CHECK(part.users == 34);
    CHECK(part.requests == 2);
    CHECK(part.private_sessions_of_user == all.private_sessions_of_user);
}

TEST_CASE("a part of no limit is no limit, and one of nothing is nothing") {
    CHECK(memory_limits{.rooms = 0}.share_of(8).rooms == 0);
    CHECK(memory_limits{.requests = 0}.share_of(8).requests == 0);
}
