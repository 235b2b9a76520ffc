#pragma once

#include "worker/worker.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <functional>
#include <optional>

namespace gim::worker {

// Rings once at the earliest of the times that were asked for, as precisely as the system can;
// worker::arm() is cheaper where a tick's precision will do. After ringing it is at rest again.
//
// Threads: its worker's.
class alarm {
public:
    using clock = worker::clock;

    alarm(worker& home, std::function<void()> ring);
    alarm(const alarm&) = delete;
    alarm& operator=(const alarm&) = delete;

    // Nothing happens if it rings before that anyway, or if there is no time.
    void ring_at(std::optional<clock::time_point> due);
    // The same in place of all that was asked for before, also if it is later.
    void ring_only_at(clock::time_point due);

private:
    boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>, worker::executor_type>
        timer_;
    std::optional<clock::time_point> due_;  // empty: at rest
    const std::function<void()> ring_;
};

}  // namespace gim::worker
