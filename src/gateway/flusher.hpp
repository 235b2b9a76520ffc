#pragma once

#include "push/flush_list.hpp"
#include "worker/alarm.hpp"

namespace gim::gateway {

// Runs a worker's flush list: at the end of the turn in which something was queued, and when a
// coalescing window ends.
//
// Threads: the worker's.
class flusher {
public:
    flusher(worker::worker& home, push::flush_options options);
    flusher(const flusher&) = delete;
    flusher& operator=(const flusher&) = delete;

    push::flush_list& list() noexcept { return list_; }

private:
    using clock = push::flush_list::clock;

    void flush();

    worker::worker& home_;
    push::flush_list list_;
    worker::alarm alarm_;
};

}  // namespace gim::gateway
