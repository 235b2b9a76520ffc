#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <csignal>
#include <functional>
#include <list>

namespace gim::program {

// The main thread's own loop: signals, and what happens now and then. Signals count from its
// construction on.
class main_loop {
public:
    struct calls {
        std::function<void()> reload;   // SIGHUP
        std::function<void()> replace;  // SIGUSR2
    };

    // Returns when SIGINT or SIGTERM has come, or stop() was called. Makes the calls until then.
    void run(calls on);
    void stop() { context_.stop(); }
    // Returns true when `done()` is true, which is asked some 100 times a second, false when the
    // time is over or one more signal that stops has come. What was to happen goes on.
    bool wait_for(std::chrono::milliseconds time, const std::function<bool()>& done);

    // Calls `f` now and again, as long as this loop runs or waits.
    void repeat(std::chrono::steady_clock::duration interval, std::function<void()> f);

    boost::asio::io_context& context() noexcept { return context_; }

private:
    void expect_stop();
    void expect(boost::asio::signal_set& signals, std::function<void()> calls::*call);

    struct repetition {
        boost::asio::steady_timer timer;
        std::chrono::steady_clock::duration interval;
        std::function<void()> call;
    };
    static void tick(repetition& r);

    boost::asio::io_context context_{1};
    boost::asio::signal_set stops_{context_, SIGINT, SIGTERM};
    boost::asio::signal_set hangups_{context_, SIGHUP};
    boost::asio::signal_set replacements_{context_, SIGUSR2};
    calls calls_;  // empty: nobody is called
    std::list<repetition> repeated_;
};

}  // namespace gim::program
