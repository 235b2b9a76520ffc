#pragma once

#include <boost/intrusive/list.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace gim::worker {

class timing_wheel;

// Something to do when a time has come, unless it is cancelled or moved before. Destroying it
// cancels it.
class timeout : public boost::intrusive::list_base_hook<
                    boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    explicit timeout(std::function<void()> on_due) : on_due_(std::move(on_due)) {}
    ~timeout();
    timeout(const timeout&) = delete;
    timeout& operator=(const timeout&) = delete;

    void cancel() noexcept;
    bool is_armed() const noexcept { return wheel_ != nullptr; }

private:
    friend class timing_wheel;

    std::function<void()> on_due_;
    timing_wheel* wheel_ = nullptr;  // null: not armed
    std::uint64_t due_tick_ = 0;
};

// The timeouts of one worker: arming, moving and cancelling cost a few pointers, so a connection
// may do so for every frame it reads. A timeout fires up to one tick late, never early.
//
// Threads: one worker's. Time is passed in; the worker calls advance() about once a tick while
// is_empty() is false.
class timing_wheel {
public:
    using clock = std::chrono::steady_clock;
    static constexpr std::chrono::milliseconds tick{25};

    explicit timing_wheel(clock::time_point start) : start_(start), slots_(slot_count) {}

    // Arms `t`, or moves it if it is armed.
    void arm(timeout& t, clock::time_point due);
    // Fires what is due at `now`. What fires may arm and cancel any timeout, itself included, and
    // destroy others. An exception out of it is logged and concerns no other.
    void advance(clock::time_point now);
    bool is_empty() const noexcept { return armed_ == 0; }

private:
    friend class timeout;
    using slot = boost::intrusive::list<timeout, boost::intrusive::constant_time_size<false>>;
    static constexpr std::size_t slot_count = 256;

    const clock::time_point start_;
    std::vector<slot> slots_;   // a timeout due at tick T waits in slot T % slot_count
    std::uint64_t passed_ = 0;  // ticks up to this one were fired
    std::size_t armed_ = 0;
};

}  // namespace gim::worker
