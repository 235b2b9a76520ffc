#pragma once

#include "base/text_map.hpp"
#include "storage/presence.hpp"
#include "storage/redis/redis_access.hpp"
#include "worker/task_limit.hpp"
#include "worker/timing_wheel.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace gim::storage {

// Writes what is counted here, as far as it is at home on one worker, into a hash of this node's.
//
// Problem: the counts change faster than they are asked for, and a node may die at any time. So
// each node has hashes of its own in Redis, which end with the node's lease; changes gather for a
// moment, and what is written is the count, not that there is one more. What could not be written
// is written later.
//
// Threads: its worker's.
class redis_counts {
public:
    // How long changes gather; a name is not written more often. Larger: fewer commands, and others
    // know later.
    static constexpr std::chrono::milliseconds gathering{50};

    // `key`: of the hash.
    redis_counts(worker::worker& home, redis_access& access, std::string key);

    // Borrowed; said before the worker runs.
    void listen(local_counts& here) { here_ = &here; }
    // The name's count is another one.
    void changed(std::string_view name);
    // Redis knows none of them.
    void tell_all();
    // What waits is written now, if it can be.
    void write_soon();
    // Nothing is written from now on.
    void leave();

private:
    using name_set = std::unordered_set<std::string, base::text_hash, std::equal_to<>>;

    boost::asio::awaitable<void> write();
    boost::asio::awaitable<bool> write_due();
    boost::asio::awaitable<bool> write_some(const std::vector<std::string>& names);

    worker::worker& home_;
    redis_access& access_;
    const std::string key_;
    local_counts* here_ = nullptr;
    name_set changed_;  // of which the others know something else, or may
    name_set due_;      // of those, the ones that are being written
    worker::task_limit writing_;
    bool is_leaving_ = false;
    worker::timeout timer_;
};

}  // namespace gim::storage
