#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <chrono>
#include <csignal>
#include <functional>

namespace gim::cmd {

// The signals to the server, on the main thread's own loop. They count from its construction on.
class process_signals {
public:
    // Returns when one that stops has come. Calls `reload` for each SIGHUP until then.
    void wait(const std::function<void()>& reload);
    // Returns true when `done()` is true, which is asked some 100 times a second, false when the
    // time is over or one more signal that stops has come.
    bool wait_for(std::chrono::milliseconds time, const std::function<bool()>& done);

private:
    void expect();
    void expect_hangup(const std::function<void()>& reload);

    boost::asio::io_context context_{1};
    boost::asio::signal_set stops_{context_, SIGINT, SIGTERM};
    boost::asio::signal_set hangups_{context_, SIGHUP};
};

}  // namespace gim::cmd
