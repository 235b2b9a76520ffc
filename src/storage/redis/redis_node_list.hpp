#pragma once

#include "storage/presence.hpp"
#include "storage/redis/lease.hpp"
#include "storage/redis/redis_access.hpp"
#include "worker/task_limit.hpp"
#include "worker/timing_wheel.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace gim::storage {

// The other nodes that live, as one worker knows them: asked every second. Who lists them strikes
// off the dead.
//
// Threads: its worker's.
class redis_node_list {
public:
    // Larger: who comes is known later, and a load that has changed, too.
    static constexpr std::chrono::milliseconds interval{1'000};

    // `self`: this process, which is left out.
    redis_node_list(worker::worker& home, redis_access& access, std::string self);

    void start();
    // The connection is up: asks at once.
    void refresh();

    // No list is older than a lease: who is on it may have died since.
    bool is_known() const noexcept { return known_.holds(lease::clock::now()); }
    const std::vector<node_record>& others() const noexcept { return others_; }
    std::uint64_t version() const noexcept { return version_; }

private:
    boost::asio::awaitable<void> ask();
    boost::asio::awaitable<bool> read();

    worker::worker& home_;
    redis_access& access_;
    const std::string self_;
    std::vector<node_record> others_;  // by id
    std::uint64_t version_ = 0;
    lease known_;
    worker::task_limit asking_;
    worker::timeout timer_;
};

}  // namespace gim::storage
