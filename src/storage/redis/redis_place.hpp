#pragma once

#include "redis/url.hpp"

#include <chrono>
#include <string>

namespace gim::storage {

// Where a store in Redis is, the same for all workers of the process.
struct redis_place {
    redis::url where;
    // All keys and channels begin with it.
    std::string prefix = "gim:";
    // How long a session, a room or a user that nobody touches is kept.
    std::chrono::milliseconds ttl = std::chrono::hours(24 * 30);
    // How often a worker asks whether Redis still has the epoch. Larger: it is noticed later that
    // somebody has emptied it.
    std::chrono::milliseconds epoch_interval{1'000};
};

}  // namespace gim::storage
