#include "gateway/request_timing.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <set>

using gim::gateway::timing_of;
using gim::native::opcode;
using gim::stats::distribution;

TEST_CASE("every op that a client may ask for is timed for itself, and any other number as unknown"
) {
    std::set<distribution> seen;
    for (std::uint32_t op = 0; op < 1000; ++op) {
        const auto timing = timing_of(static_cast<opcode>(op));
        CAPTURE(op);
        if (gim::native::is_request(static_cast<opcode>(op))) {
            CHECK(timing != distribution::request_unknown);
            CHECK(seen.insert(timing).second);
        } else {
            CHECK(timing == distribution::request_unknown);
        }
    }
    CHECK(timing_of(static_cast<opcode>(UINT32_MAX)) == distribution::request_unknown);
}
