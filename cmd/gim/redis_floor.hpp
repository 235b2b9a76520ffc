#pragma once

#include "tools/load/measurement.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace gim::cmd {

// What Redis does without gim: redis-benchmark appends messages with `size` bytes of content by the
// script that the store appends with, and then with ZADD alone. Without redis-benchmark in PATH a
// note says so. `cores`: where it runs. Throws std::runtime_error with one line if it fails.
void measure_redis_floor(
    load::measurement& m,
    std::uint16_t port,
    std::size_t size,
    const std::vector<std::size_t>& cores
);

}  // namespace gim::cmd
