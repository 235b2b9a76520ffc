// A connection that could not begin is neither kept nor counted.

#include "support/caught_log.hpp"
#include "support/failing_memory.hpp"
#include "unit/gateway/running_gateway.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>

using namespace gim::test;

namespace {

// How many connections the gateway keeps.
std::size_t kept(running_gateway& g) {
    return call_on(g.pool.at(0), [&] { return g.door.source(0).size(); });
}

}  // namespace

TEST_CASE("whichever allocation fails until a connection has begun, it is forgotten") {
    const caught_log log;
    bool was_counted = false;
    for (int after = 0; !was_counted; ++after) {
        CAPTURE(after);
        running_gateway g;  // another one each time: a worker keeps memory for its next coroutine
        call_on(g.pool.at(0), [&] { fail_allocation(after); });
        {
            const raw_client first(g);
            const auto end = std::chrono::steady_clock::now() + patience;
            bool is_due = true;
            while (is_due && std::chrono::steady_clock::now() < end) {
                is_due = call_on(g.pool.at(0), [] { return is_failure_due(); });
            }
            REQUIRE_FALSE(is_due);
            // Then it failed behind that, in the first step of the connection itself.
            was_counted = g.count(gim::stats::event::connection_gateway) > 0;
            REQUIRE(g.has_connections(0));
            REQUIRE(kept(g) == 0);
        }
        raw_client next(g);
        REQUIRE(next.upgrade().starts_with("HTTP/1.1 101"));
        REQUIRE(g.door.connections() == 1);
    }
}
