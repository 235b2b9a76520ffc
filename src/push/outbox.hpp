#pragma once

#include "push/frame_queue.hpp"

#include <boost/intrusive/list_hook.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <sys/uio.h>
#include <utility>

namespace gim::push {

class flush_list;

struct outbox_options {
    // While more bytes than this wait, the reader must take as many within each age and some within
    // longest_rest, or the connection is closed with 4000. A larger value lets a slow reader hold
    // more memory.
    std::size_t hard_bytes = 1024 * 1024;
    // With so many bytes waiting a connection is behind, until half of them are written: packets
    // that may be skipped are. 0: it never is. Larger: what it reads is older.
    std::size_t soft_bytes = 256 * 1024;
    // The same while more frames than this wait: one of a few bytes takes a hundred of memory.
    std::size_t hard_frames = 16 * 1024;
};

// Why nothing more is queued for a connection, which is closed with 4000 then.
enum class cut : std::uint8_t {
    none,
    too_much,         // more waits than may, and the reader takes nothing, or too little
    too_old,          // the oldest byte has waited for too long
    short_of_memory,  // the process holds too much, and this one holds the most
};

// How a reader takes what waits for it.
enum class pace : std::uint8_t { good, late, none };

// Whoever can write an outbox to its socket.
class outbox_writer {
public:
    // Writes what the socket takes. Called by the flush list, once a turn at most.
    virtual void flush() noexcept = 0;

protected:
    ~outbox_writer() = default;
};

// Hears what becomes of the bytes of one outbox.
class write_watch {
public:
    virtual ~write_watch() = default;
    virtual void written(std::size_t bytes) noexcept = 0;
    // What waited was dropped, but for the oldest `kept` bytes.
    virtual void dropped(std::size_t kept) noexcept = 0;
};

// The frames waiting to be written to one connection, in order. Everything that goes to the socket
// goes through here, whole frames only.
//
// Problem: a system call a message is nearly the whole cost of a push server. So frames gather
// here, and the flush list decides when they are written, many with one call.
//
// Problem: one burst of others may be larger than any bound, and a reader cannot read it before it
// is sent. So no frame is refused, and a reader is judged by what it takes: what waits while more
// than hard_bytes wait is a burst, which is to be taken in steps of hard_bytes, each within the
// age; a byte outside of a burst may be as old as that. Nobody is cut who takes hard_bytes in an
// age.
//
// Threads: one worker's.
class outbox {
public:
    using clock = std::chrono::steady_clock;

    // While more than hard_bytes wait, a reader that takes nothing for so long, or for the age if
    // that is less, is cut off. Larger: a stopped reader holds more memory.
    static constexpr std::chrono::seconds longest_rest{2};
    // The time for a step of a burst where bytes may have any age.
    static constexpr std::chrono::minutes step_without_age{1};

    // Both are borrowed and must outlive the outbox.
    outbox(outbox_writer& writer, flush_list& list, outbox_options options = {});
    ~outbox();
    outbox(const outbox&) = delete;
    outbox& operator=(const outbox&) = delete;

    // Queues a frame and asks for a flush. Without memory for that the outbox is cut off.
    void push(const frame_ptr& f);
    // The same with bytes for this connection alone, which count in the list's memory.
    template <class Bytes>
    frame_ptr say(Bytes&& bytes) {
        auto f = frame_ptr(new frame(std::forward<Bytes>(bytes), clock::now(), memory()));
        push(f);
        return f;
    }
    // Nothing more is taken, and the writer is asked to flush all the same, so that it can close.
    // Does nothing if it was sealed or cut off before.
    void cut_off(cut why);

    bool is_empty() const noexcept { return queue_.is_empty(); }
    bool is_cut_off() const noexcept { return cut_ != cut::none; }
    cut why_cut() const noexcept { return cut_; }
    std::size_t bytes() const noexcept { return bytes_; }
    // Whether packets that may be skipped are not to be queued.
    bool is_behind() const noexcept { return behind_; }
    // Whether more waits than should.
    bool is_over() const noexcept {
        return bytes_ > options_.hard_bytes || queue_.size() > options_.hard_frames;
    }
    // Bytes that have left it.
    std::uint64_t taken() const noexcept { return taken_; }
    // What its list of frames takes.
    std::size_t list_bytes() const noexcept { return queue_.allocated_bytes(); }
    // Packets that were skipped since it was behind.
    std::uint64_t passed_over() const noexcept { return passed_over_; }
    void pass_over() noexcept { ++passed_over_; }
    std::size_t frames() const noexcept { return queue_.size(); }
    // Since when the oldest byte waits. REQUIRES: not empty.
    clock::time_point oldest() const noexcept { return queue_[0].made(); }

    // Asks for the memory that push() or flush() is going to touch. Null is allowed.
    static void prefetch(const outbox* o) noexcept {
        constexpr std::size_t cache_line = 64;
        const auto* at = reinterpret_cast<const std::byte*>(o);
        __builtin_prefetch(at, 1);
        __builtin_prefetch(at + cache_line, 1);
    }

    // The oldest bytes as buffers for one system call; returns how many of `iov` were filled.
    std::size_t gather(std::span<iovec> iov) const noexcept;
    // Returns how many frames are through. REQUIRES: n bytes of what gather() gave were written.
    std::size_t consume(std::size_t n) noexcept;

    // Cuts it off if its reader takes too little. To be called now and then while it is blocked.
    // `age`: what a byte may have outside of a burst; 0: any.
    void judge(clock::time_point now, clock::duration age);
    // As of the last judge(): `none` if nothing was taken for a moment, `late` if the reader uses
    // more than half of its time. REQUIRES: not empty.
    pace pace_at(clock::time_point now, clock::duration age) const noexcept;

    // While the socket takes no more, pushed frames ask for no flush: it will come when the socket
    // is writable again. Meanwhile the outbox is among the list's slow readers.
    void set_blocked(bool blocked) noexcept;
    bool is_blocked() const noexcept { return blocked_; }

    // Nothing is queued any more; what is queued is still written.
    void seal() noexcept { sealed_ = true; }
    bool is_sealed() const noexcept { return sealed_; }
    // Drops every frame of which no byte was written yet, and takes frames again: the way out of
    // being cut off, for a last word.
    void drop_waiting() noexcept;

    // From now on; null: nobody, as at first. One that watched is destroyed.
    void watch(std::unique_ptr<write_watch> by) noexcept { watch_ = std::move(by); }
    write_watch* watching() const noexcept { return watch_.get(); }

private:
    void catch_up() noexcept;
    void begin_burst(clock::time_point now) noexcept;
    worker::memory_budget* memory() const noexcept;

    friend class flush_list;
    friend class slow_readers;
    enum class place : std::uint8_t { none, ready, held, due };
    static constexpr auto nowhere = static_cast<std::uint32_t>(-1);

    // In the order in which a delivery touches them.
    place place_ = place::none;  // where the flush list has it
    bool blocked_ = false;
    cut cut_ = cut::none;
    bool behind_ = false;
    bool sealed_ = false;
    bool was_held_ = false;           // these three are the flush list's
    std::uint8_t waits_in_vain_ = 0;  // grows as it was held and no second frame came
    std::uint8_t not_held_for_ = 0;   // flushes to come
    std::size_t bytes_ = 0;
    frame_queue queue_;
    outbox_writer& writer_;
    flush_list& list_;
    clock::time_point gathers_until_{};  // the flush list's
    const outbox_options options_;
    std::size_t written_of_oldest_ = 0;  // bytes
    std::unique_ptr<write_watch> watch_;
    boost::intrusive::list_member_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>
        slow_;  // while it is blocked
    std::uint64_t passed_over_ = 0;

    std::uint32_t at_ = 0;                // the flush list's: its index in the list of its place
    std::uint32_t written_at_ = nowhere;  // and in the one of those just written

    // Positions count from the first byte ever.
    std::uint64_t taken_ = 0;
    std::uint64_t burst_end_ = 0;  // what lies before is of a burst
    std::uint64_t step_end_ = 0;   // to where the reader must be within the age of step_begin_
    clock::time_point step_begin_{};
    std::uint64_t seen_ = static_cast<std::uint64_t>(-1);  // taken_ at the last judge()
    clock::time_point moved_at_{};                         // the judge() that saw a change
};

}  // namespace gim::push
