#pragma once

#include "observe/stats/event.hpp"
#include "support/ask_redis.hpp"
#include "support/redis_server.hpp"
#include "unit/storage/redis/redis_node.hpp"
#include "worker/worker_pool.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace gim::test {

// Two nodes on one Redis.
struct two_nodes {
    redis_server server;
    worker::worker_pool workers{2};
    std::unique_ptr<redis_node> here, there;

    explicit two_nodes(std::size_t history = 100'000) {
        workers.start();
        here = std::make_unique<redis_node>(workers.at(0), server, "here", history);
        there = std::make_unique<redis_node>(workers.at(1), server, "there", history);
    }
    ~two_nodes() { workers.stop(); }

    template <class... Words>
    std::string redis(const Words&... words) {
        return ask_redis(server.port(), words...);
    }
    // From now on nobody hears anything, and nobody can subscribe.
    void begin_gap() {
        redis("ACL", "SETUSER", "default", "-subscribe");
        redis("CLIENT", "KILL", "TYPE", "pubsub");
    }
    void end_gap() { redis("ACL", "SETUSER", "default", "+subscribe"); }
    std::uint64_t recovered() const { return workers.count(stats::event::message_recovered); }
};

struct nodes_with_little_history : two_nodes {
    nodes_with_little_history() : two_nodes(5) {}
};

}  // namespace gim::test
