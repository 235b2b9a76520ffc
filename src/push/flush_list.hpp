#pragma once

#include "push/outbox.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace gim::push {

struct flush_options {
    // How long frames may gather for a connection that was written to a moment ago. Larger: fewer
    // system calls, later messages.
    std::chrono::steady_clock::duration window = std::chrono::milliseconds(1);
    // With this many bytes gathered, a connection is written to without waiting for the window's
    // end.
    std::size_t enough_bytes = 64 * 1024;
};

// Decides when the outboxes of a worker are written (adaptive coalescing): the first frame after a
// quiet moment at the end of the turn in which it came; while a connection is busy, once a window.
//
// Threads: one worker's. Sans-io: `wake` is called when a flush is due at the end of this turn; who
// made the list then calls flush(now), and again at the time that flush() returns.
class flush_list {
public:
    using clock = outbox::clock;

    flush_list(flush_options options, std::function<void()> wake)
        : options_(options), wake_(std::move(wake)) {}
    flush_list(const flush_list&) = delete;
    flush_list& operator=(const flush_list&) = delete;

    void add(outbox& o);      // `o` has something to write
    void add_now(outbox& o);  // the same, without waiting for the window's end
    void remove(outbox& o) noexcept;

    // Writes every outbox that is due. Returns when the next one is, if frames are gathering.
    std::optional<clock::time_point> flush(clock::time_point now);

private:
    void write(outbox& o, clock::time_point now);

    const flush_options options_;
    const std::function<void()> wake_;
    std::vector<outbox*> ready_;  // touched in this turn; null: removed
    std::vector<outbox*>
        held_;  // written a moment ago: gathering. An entry whose place is not `held` is stale
    std::vector<outbox*> working_;  // what flush() is going through; kept for its capacity
    clock::time_point held_due_ = clock::time_point::max();  // of the first in held_
    bool woken_ = false;
};

}  // namespace gim::push
