#pragma once

#include "push/outbox.hpp"
#include "push/slow_readers.hpp"
#include "worker/memory_budget.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace gim::push {

struct flush_options {
    // How long frames may gather for a busy connection. Larger: fewer system calls, later messages.
    std::chrono::steady_clock::duration window = std::chrono::milliseconds(1);
    // With this many bytes gathered, a connection is written to without waiting for the window's
    // end.
    std::size_t enough_bytes = 64 * 1024;
    // How many connections are written to in one go. A larger value keeps everybody else on the
    // worker waiting longer behind a large room.
    std::size_t slice = 1024;
    // Before a crowd of busy connections is written to, frames gather for this long times their
    // number, but no longer than a window: half of what writing to them takes. Larger: fewer system
    // calls, later messages.
    std::chrono::steady_clock::duration linger_a_connection = std::chrono::microseconds(2);
};

// Decides when the outboxes of a worker are written (adaptive coalescing): the first frame after a
// quiet moment at the end of the turn in which it came; while a connection is busy, once a window,
// as long as frames do gather in it. Where one frame comes at a time, waiting is given up and tried
// again now and then.
//
// The members of a large room come due together, and writing to all of them takes milliseconds. So
// a crowd that is busy lingers a little before it is written to: what comes meanwhile costs no
// system calls of its own.
//
// Those due are written in slices, so that a room of ten thousand keeps nobody waiting: what comes
// between two slices is read, and goes with the members whose turn is still to come.
//
// Threads: one worker's. Sans-io: `wake` is called when a flush is due at the end of this turn. Who
// made the list then calls flush(now) and, when it returns, finished() with the time it is then;
// does so again, soon, while has_more(); and again at next_due().
class flush_list {
public:
    using clock = outbox::clock;

    // What its outboxes say by themselves counts in `memory`, which is borrowed; null: nowhere.
    flush_list(
        flush_options options,
        std::function<void()> wake,
        worker::memory_budget* memory = nullptr
    )
        : options_(options), wake_(std::move(wake)), memory_(memory) {}
    flush_list(const flush_list&) = delete;
    flush_list& operator=(const flush_list&) = delete;

    void add(outbox& o);              // `o` has something to write
    void add_now(outbox& o);          // the same, without waiting for the window's end
    void remove(outbox& o) noexcept;  // takes the same time however many there are

    // Those of the worker's outboxes that are blocked.
    slow_readers& slow() noexcept { return slow_; }

    worker::memory_budget* memory() const noexcept { return memory_; }

    // How often something was added: who made the list sees by it whether more is still coming.
    std::uint64_t added() const noexcept { return added_; }

    // Writes a slice of the outboxes that are due, those first that were due first.
    void flush(clock::time_point now);
    // The windows of those that were written begin now, not when flush() began: writing takes
    // longer than a window, and what came meanwhile is to go in one call.
    void finished(clock::time_point now) noexcept;
    bool has_more() const noexcept { return next_ < due_.size(); }
    // When the first of those that gather is due, if any.
    std::optional<clock::time_point> next_due() const noexcept;

private:
    static void put(std::vector<outbox*>& list, outbox& o, outbox::place p);
    static void make_room(std::vector<outbox*>& list, std::size_t more);
    void collect_held(clock::time_point now);
    void collect_ready(clock::time_point now);
    clock::time_point due_of(const outbox& o, clock::time_point now, clock::duration linger)
        const noexcept;
    outbox* take_due() noexcept;  // REQUIRES: has_more()
    static void learn(outbox& o) noexcept;
    void forget_written() noexcept;

    const flush_options options_;
    const std::function<void()> wake_;
    worker::memory_budget* const memory_;
    slow_readers slow_;
    // An entry is null when its outbox was removed. An outbox knows its place in them: a room of
    // ten thousand grows past what is held in one burst, and nobody is searched for.
    std::vector<outbox*> ready_;  // touched in this turn
    std::vector<outbox*> held_;   // written a moment ago: gathering
    std::vector<outbox*> due_;    // from next_ on, in this order
    std::size_t next_ = 0;
    std::vector<outbox*> written_;                           // by flush(), until finished()
    clock::time_point held_due_ = clock::time_point::max();  // of the first in held_
    std::uint64_t added_ = 0;
    bool woken_ = false;
};

}  // namespace gim::push
