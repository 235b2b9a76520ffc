#include "worker/worker.hpp"

#include "observe/stats/counters.hpp"
#include "observe/stats/log_failure.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>

namespace gim::worker {

namespace asio = boost::asio;

worker::worker(std::size_t index)
    : index_(index),
      counters_(std::make_unique<stats::counters>()),
      wheel_(clock::now()),
      guard_(context_.get_executor()),
      ticker_(context_.get_executor()) {}

worker::~worker() = default;

void worker::loop() {
    for (;;) {
        try {
            context_.run();
            return;
        } catch (const std::exception& e) {
            stats::log_failure(stats::failure::worker, {}, "worker {}: {}", index_, e.what());
        }
        tick_again();
    }
}

void worker::arm(timeout& t, clock::duration delay) {
    wheel_.arm(t, clock::now() + delay);
    if (!ticking_) {
        tick();
    }
}

// The exception may have come from the ticker, which then does not wait any more. If it fails once
// more, the next arm() starts it.
void worker::tick_again() noexcept {
    try {
        if (!ticking_ && !wheel_.is_empty()) {
            tick();
        }
    } catch (const std::exception& e) {
        stats::log_failure(stats::failure::worker, {}, "worker {}: {}", index_, e.what());
    }
}

void worker::tick() {
    ticking_ = false;  // unless the wait begins
    ticker_.expires_after(timing_wheel::tick);
    ticker_.async_wait([this](boost::system::error_code ec) {
        if (ec) {
            return;
        }
        const auto now = clock::now();
        const auto late = now - ticker_.expiry();
        counters_->observe(stats::distribution::worker_lag, late);
        lag_.add(late, now);
        wheel_.advance(now);
        if (wheel_.is_empty()) {
            ticking_ = false;
        } else {
            tick();
        }
    });
    ticking_ = true;
}

asio::awaitable<void> hop(worker& target) {
    if (target.is_current()) {
        co_return;
    }
    co_await next_turn(target);
}

asio::awaitable<void> next_turn(worker& target) {
    // Bound to the target's executor, the coroutine is resumed there and not where it was spawned.
    auto there = asio::bind_executor(target.executor(), asio::use_awaitable);
    co_await asio::post(there);
}

}  // namespace gim::worker
