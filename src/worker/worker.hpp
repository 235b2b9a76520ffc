#pragma once

#include "worker/recent_largest.hpp"
#include "worker/timing_wheel.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

namespace gim::stats {
class counters;
}

namespace gim::worker {

// One thread with one io_context. What lives on a worker is touched only there; the others post to
// it.
//
// Threads: post(), run() and is_current() may be called from anywhere, the rest only on the
// worker's own thread.
class worker {
public:
    using executor_type = boost::asio::io_context::executor_type;
    using clock = timing_wheel::clock;

    explicit worker(std::size_t index);
    ~worker();
    worker(const worker&) = delete;
    worker& operator=(const worker&) = delete;

    std::size_t index() const noexcept { return index_; }
    executor_type executor() noexcept { return context_.get_executor(); }
    stats::counters& counters() noexcept { return *counters_; }
    bool is_current() noexcept { return executor().running_in_this_thread(); }

    // Runs `f` later on this worker. Functions posted by one thread run in the order they were
    // posted.
    template <class F>
    void post(F&& f) {
        boost::asio::post(context_, std::forward<F>(f));
    }
    // Runs `f` now if this is the current worker, else posts it.
    template <class F>
    void run(F&& f) {
        boost::asio::dispatch(context_, std::forward<F>(f));
    }

    // Arms `t` to fire `delay` from now, to the precision of the wheel's tick. Should it throw for
    // want of memory, `t` is armed all the same.
    void arm(timeout& t, clock::duration delay);

    // The longest time that a tick was late by, of the last ten seconds or some more.
    clock::duration recent_lag() const noexcept { return lag_.largest(clock::now()); }

    // The loop of the worker's thread, until stop(). An exception out of what was posted is logged,
    // and the loop goes on.
    void loop();
    void stop() { context_.stop(); }  // from any thread

private:
    void tick();
    void tick_again() noexcept;

    const std::size_t index_;
    // Behind a pointer, so that a new event is not compiled into all that knows of workers.
    const std::unique_ptr<stats::counters> counters_;
    // Before the context, whose end destroys abandoned coroutines and the timeouts in them.
    timing_wheel wheel_;
    boost::asio::io_context context_{1};  // one thread runs it
    boost::asio::executor_work_guard<executor_type> guard_;
    boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>, executor_type>
        ticker_;
    bool ticking_ = false;  // the ticker rests while nothing is armed
    recent_largest lag_;
};

// Continues the calling coroutine on `target`; at once if it is there already.
// What a coroutine does after a hop it does on that worker's thread, until it hops again or awaits
// a socket.
boost::asio::awaitable<void> hop(worker& target);

// Lets the calling coroutine go on behind whatever else is ready now. From
// elsewhere it comes there.
boost::asio::awaitable<void> next_turn(worker& target);

// Awaits `task`, which may end on any worker, and comes back to `origin` with what it returned or
// threw.
template <class T>
boost::asio::awaitable<T> and_return(worker& origin, boost::asio::awaitable<T> task) {
    std::optional<T> value;
    std::exception_ptr failure;
    try {
        value = co_await std::move(task);
    } catch (...) {
        failure = std::current_exception();
    }
    co_await hop(origin);
    if (failure) {
        std::rethrow_exception(failure);
    }
    co_return std::move(*value);
}

}  // namespace gim::worker
