#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace gim::load {

enum class beside_server { nothing, redis };

// Which cores the server, its Redis and the generator may use. Empty: wherever the kernel likes.
struct core_plan {
    std::vector<std::size_t> server;
    std::vector<std::size_t> redis;
    std::vector<std::size_t> generator;
    // Redis is on the generator's core.
    bool redis_shares_generator = false;
    std::string text;  // for people
};

// Those that this process may use.
std::vector<std::size_t> usable_cores();

// One core a worker of the server, the last one for the generator, and of three or more the one
// before that for Redis.
core_plan
plan_cores(const std::vector<std::size_t>& cores, std::size_t workers, beside_server beside);

// An empty list changes nothing.
void pin_self(const std::vector<std::size_t>& cores);

}  // namespace gim::load
