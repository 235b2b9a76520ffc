#pragma once

#include "push/frame_queue.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <sys/uio.h>

namespace gim::push {

class flush_list;

struct outbox_options {
    // More bytes than this are never queued; the connection is closed with 4000 instead. A larger
    // value lets a slow reader hold more memory.
    std::size_t limit_bytes = 1024 * 1024;
};

// Whoever can write an outbox to its socket.
class outbox_writer {
public:
    // Writes what the socket takes. Called by the flush list, once a turn at most.
    virtual void flush() noexcept = 0;

protected:
    ~outbox_writer() = default;
};

// The frames waiting to be written to one connection, in order. Everything that goes to the socket
// goes through here, whole frames only.
//
// Problem: a system call a message is nearly the whole cost of a push server. So frames gather
// here, and the flush list decides when they are written, many with one call. Threads: one
// worker's.
class outbox {
public:
    using clock = std::chrono::steady_clock;

    // Both are borrowed and must outlive the outbox.
    outbox(outbox_writer& writer, flush_list& list, outbox_options options = {});
    ~outbox();
    outbox(const outbox&) = delete;
    outbox& operator=(const outbox&) = delete;

    // Queues a frame and asks for a flush. If that would exceed the limit, or the memory, the frame
    // is not queued, is_overflowing() holds from then on, nothing more is taken, and the writer is
    // asked to flush all the same, so that it can close.
    void push(const frame_ptr& f);

    bool is_empty() const noexcept { return queue_.is_empty(); }
    bool is_overflowing() const noexcept { return overflowing_; }
    std::size_t bytes() const noexcept { return bytes_; }

    // Asks for the memory that push() or flush() is going to touch. Null is allowed.
    static void prefetch(const outbox* o) noexcept {
        constexpr std::size_t cache_line = 64;
        const auto* at = reinterpret_cast<const std::byte*>(o);
        __builtin_prefetch(at, 1);
        __builtin_prefetch(at + cache_line, 1);
    }

    // The oldest bytes as buffers for one system call; returns how many of `iov` were filled.
    std::size_t gather(std::span<iovec> iov) const noexcept;
    // REQUIRES: n bytes of what gather() gave were written.
    void consume(std::size_t n) noexcept;

    // While the socket takes no more, pushed frames ask for no flush: it will come when the socket
    // is writable again.
    void set_blocked(bool blocked) noexcept { blocked_ = blocked; }
    bool is_blocked() const noexcept { return blocked_; }

    // Nothing is queued any more; what is queued is still written.
    void seal() noexcept { sealed_ = true; }
    // Drops every frame of which no byte was written yet, and takes frames again: the way out of
    // overflowing, for a last word.
    void drop_waiting() noexcept;

private:
    friend class flush_list;
    enum class place : std::uint8_t { none, ready, held, due };

    // In the order in which a delivery touches them.
    place place_ = place::none;  // where the flush list has it
    bool blocked_ = false;
    bool overflowing_ = false;
    bool sealed_ = false;
    bool was_held_ = false;           // these three are the flush list's
    std::uint8_t waits_in_vain_ = 0;  // grows as it was held and no second frame came
    std::uint8_t not_held_for_ = 0;   // flushes to come
    std::size_t bytes_ = 0;
    frame_queue queue_;
    outbox_writer& writer_;
    flush_list& list_;
    clock::time_point gathers_until_{};  // the flush list's
    const std::size_t limit_bytes_;
    std::size_t written_of_oldest_ = 0;  // bytes
};

}  // namespace gim::push
