#pragma once

#include "storage/message_ids.hpp"
#include "storage/redis/lease.hpp"
#include "storage/redis/redis_access.hpp"
#include "worker/task_limit.hpp"
#include "worker/timing_wheel.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace gim::storage {

// The ids of messages that one worker makes, unlike those of all other workers of all nodes.
//
// Problem: an id must be known before Redis is asked to append, and be short. So each worker claims
// a number that goes into its ids. It has the number by a lease, which it renews, and claims it
// anew on every new connection, before that counts as up: Redis may have forgotten. A worker that
// could not renew in time makes no ids until it has a number again.
//
// Threads: its worker's.
class redis_message_ids {
public:
    // `owner`: who the worker is, among all workers of all nodes.
    redis_message_ids(worker::worker& home, redis_access& access, std::string owner);

    void start();
    // Claims a number, or the same once more. To be awaited before the connection counts as up.
    boost::asio::awaitable<void> claim(redis::early c);

    // Empty: somebody else may have the number by now.
    std::optional<std::string> next(std::int64_t now_ms);

private:
    using clock = lease::clock;

    void renew();
    boost::asio::awaitable<void> claim_again();

    worker::worker& home_;
    redis_access& access_;
    const std::string owner_;
    message_ids ids_;
    std::optional<unsigned> number_;
    lease lease_;
    worker::task_limit renewing_;
    worker::timeout timer_;
};

}  // namespace gim::storage
