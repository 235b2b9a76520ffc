#pragma once

#include "push/flush_list.hpp"
#include "worker/alarm.hpp"
#include "worker/memory_budget.hpp"
#include "worker/timing_wheel.hpp"

#include <cstddef>
#include <cstdint>

namespace gim::gateway {

// Runs a worker's flush list: when a coalescing window ends, and behind the turn in which something
// was queued, once a turn has brought nothing more. A burst of messages takes several turns to
// read; written after each, it would cost a system call a message and member. And it judges
// the slow readers several times within the age that their bytes may have, and cuts off the largest
// when too much waits at both doors together.
//
// Threads: the worker's.
class flusher {
public:
    // `age`: what a pending byte may have; 0: any. `budget` is borrowed; null: no limit.
    flusher(
        worker::worker& home,
        push::flush_options options,
        push::outbox::clock::duration age,
        worker::memory_budget* budget
    );
    flusher(const flusher&) = delete;
    flusher& operator=(const flusher&) = delete;

    push::flush_list& list() noexcept { return list_; }
    // What a pending byte may have from the next look on; 0: any.
    void set_age(push::outbox::clock::duration age) noexcept { age_ = age; }

private:
    using clock = push::flush_list::clock;

    void wake();
    void end_of_turn();
    void flush();
    void watch_slow();
    void check_slow();
    void give_back(clock::time_point now);

    worker::worker& home_;
    const clock::duration patience_;
    push::flush_list list_;
    worker::alarm alarm_;
    clock::time_point woken_at_;
    std::uint64_t seen_ = 0;    // of list_.added()
    bool is_going_on_ = false;  // the next slice is posted
    clock::duration age_;
    worker::memory_budget* const budget_;
    worker::memory_budget::share lists_;  // what the lists of frames of slow readers take
    unsigned cuts_in_a_row_ = 0;          // looks that cut somebody off, and it was not enough
    bool is_hurried_ = false;             // the look to come
    worker::timeout slow_check_;
};

}  // namespace gim::gateway
