#pragma once

#include <cstddef>
#include <deque>
#include <functional>

namespace gim::push {

// Bounds how many rooms flush at once, first come first served, so that none starves.
//
// Threads: one worker's.
class flush_gate {
public:
    explicit flush_gate(std::size_t limit) : limit_(limit) {}  // REQUIRES: limit >= 1

    // Calls `go`, now or when it is its turn. Whoever was let through calls release() when its
    // flush is done.
    void enter(std::function<void()> go);
    void release();

private:
    const std::size_t limit_;
    std::size_t inside_ = 0;
    std::deque<std::function<void()>> waiting_;
};

}  // namespace gim::push
