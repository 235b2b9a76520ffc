#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <optional>
#include <utility>

namespace gim::worker {

// What one coroutine waits for until some other part of its worker says that it has happened.
// Allocates nothing; lives in the frame of the coroutine that waits. Destroyed with that frame,
// nobody is woken.
//
// Threads: one worker's.
class signal {
public:
    signal() = default;
    signal(const signal&) = delete;
    signal& operator=(const signal&) = delete;

    bool is_set() const noexcept { return is_set_; }

    // Who waits goes on before this returns, and may destroy the signal.
    void set() {
        is_set_ = true;
        if (waiting_) {
            auto resume = *std::exchange(waiting_, std::nullopt);
            resume();
        }
    }
    // Nobody will call set(): who waits is let go of and never goes on.
    void abandon() noexcept { waiting_.reset(); }

    // REQUIRES: nobody else waits.
    boost::asio::awaitable<void> wait() {
        if (!is_set_) {
            auto waiting =
                boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
                    keep{this}, boost::asio::use_awaitable
                );
            co_await std::move(waiting);
        }
    }

private:
    using handler = boost::asio::async_result<boost::asio::use_awaitable_t<>, void()>::handler_type;

    struct keep {
        explicit keep(signal* s) : in(s) {}
        signal* in;
        template <class Handler>
        void operator()(Handler&& h) const {
            in->waiting_.emplace(std::forward<Handler>(h));
        }
    };

    std::optional<handler> waiting_;
    bool is_set_ = false;
};

}  // namespace gim::worker
