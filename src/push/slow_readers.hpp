#pragma once

#include "push/outbox.hpp"

#include <boost/intrusive/list.hpp>

#include <chrono>
#include <cstddef>

namespace gim::push {

// The outboxes of a worker whose sockets take nothing more for now: the only ones in which bytes
// grow old, and in which many are.
//
// Problem: a connection that does not read must not hold memory for long, and one that reads must
// not pay for finding that out. So nothing is timed at a delivery; the owner of the list judges
// these now and then, and they are few.
//
// Threads: one worker's. Sans-io: time is passed in.
class slow_readers {
public:
    slow_readers() = default;
    slow_readers(const slow_readers&) = delete;
    slow_readers& operator=(const slow_readers&) = delete;

    // Until its socket takes bytes again, or it is destroyed.
    void add(outbox& o) noexcept;
    bool is_empty() const noexcept { return boxes_.empty(); }
    std::size_t size() const noexcept { return boxes_.size(); }  // takes a step for each

    // Cuts off those whose readers take too little: see outbox::judge().
    void judge(outbox::clock::time_point now, outbox::clock::duration age);
    // What waits in all of them that are not cut off.
    std::size_t bytes() const noexcept;
    // What their lists of frames take.
    std::size_t list_bytes() const noexcept;
    // Cuts off readers until that gives back so many bytes, and returns how many: first the largest
    // ones that take nothing, then the largest ones that are late. Those with a good pace stay.
    std::size_t
    cut_largest(std::size_t bytes, outbox::clock::time_point now, outbox::clock::duration age);

private:
    boost::intrusive::list<
        outbox,
        boost::intrusive::member_hook<outbox, decltype(outbox::slow_), &outbox::slow_>,
        boost::intrusive::constant_time_size<false>>
        boxes_;
};

}  // namespace gim::push
