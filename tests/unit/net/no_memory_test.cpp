// The door goes on accepting, whichever allocation fails.

#include "support/caught_log.hpp"
#include "support/failing_memory.hpp"
#include "unit/net/running_acceptor.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <sys/socket.h>
#include <vector>

using namespace gim;
using namespace gim::test;

namespace {

const net::admission_options no_limits{0, 0, 0};

bool is_closed(const net::unique_fd& fd) {
    char byte = 0;
    return ::recv(fd.get(), &byte, 1, MSG_DONTWAIT) == 0;
}

}  // namespace

TEST_CASE("without memory to accept with, a door tries again after a rest, and says so") {
    const caught_log log;
    {
        running_acceptor door(no_limits, [] { fail_allocation(0); });
        const auto client = door.connect();
        CHECK(door.has_come(1));
        const auto next = door.connect();
        CHECK(door.has_come(2));
    }
    CHECK(
        log.lines() ==
        std::vector<std::string>{"error cannot accept: std::bad_alloc; trying again in 10 ms"}
    );
}

TEST_CASE("whichever allocation fails while somebody comes in, the next one comes in") {
    const caught_log log;
    running_acceptor door(no_limits);
    bool has_failed = true;
    for (int after = 0; has_failed; ++after) {
        CAPTURE(after);
        const auto before = door.inside();
        call_on(door.pool.at(0), [&] { fail_allocation(after); });
        const auto first = door.connect();
        const auto end = std::chrono::steady_clock::now() + patience;
        while (door.inside() == before && !is_closed(first) &&
               std::chrono::steady_clock::now() < end) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        call_on(door.pool.at(0), [&] {
            has_failed = !is_failure_due();
            fail_no_allocation();
        });
        const auto inside = door.inside();
        const auto next = door.connect();
        REQUIRE(door.has_come(inside + 1));
    }
}
