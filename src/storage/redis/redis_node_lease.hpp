#pragma once

#include "storage/presence.hpp"
#include "storage/redis/redis_access.hpp"
#include "worker/task_limit.hpp"
#include "worker/timing_wheel.hpp"

#include <boost/asio/awaitable.hpp>

#include <string>

namespace gim::storage {

// Says to the other nodes that this one lives, for its process, on one of its workers. When it no
// longer does, Redis forgets the node by itself.
//
// Threads: its worker's.
class redis_node_lease {
public:
    redis_node_lease(
        worker::worker& home,
        redis_access& access,
        std::string node,
        told_to_others& self
    );

    void start();
    // What was said on the connection before may be lost: says all of it anew.
    void begin_anew();
    // Now and not when it is time.
    void renew();
    // The others forget the node at once.
    void leave();
    bool has_left() const noexcept { return has_left_; }

private:
    boost::asio::awaitable<void> say();
    boost::asio::awaitable<void> say_all();
    boost::asio::awaitable<void> strike_off();

    worker::worker& home_;
    redis_access& access_;
    const std::string node_;
    told_to_others& self_;
    bool is_new_ = true;  // nothing was said yet, on this connection
    worker::task_limit saying_;
    bool must_say_ = false;  // once more behind what is being said
    bool is_leaving_ = false;
    bool has_left_ = false;
    worker::timeout timer_;
};

}  // namespace gim::storage
