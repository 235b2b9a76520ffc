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
};

}  // namespace gim::storage
