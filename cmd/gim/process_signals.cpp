#include "gim/process_signals.hpp"

#include <spdlog/spdlog.h>

namespace gim::cmd {

void process_signals::wait(const std::function<void()>& reload) {
    expect();
    expect_hangup(reload);
    context_.run();
    hangups_.cancel();  // from now on they are nobody's
}

bool process_signals::wait_for(std::chrono::milliseconds time, const std::function<bool()>& done) {
    context_.restart();
    expect();
    const auto deadline = std::chrono::steady_clock::now() + time;
    while (!done()) {
        if (context_.stopped() || std::chrono::steady_clock::now() >= deadline) {
            return false;
        }
        context_.run_for(std::chrono::milliseconds(10));
    }
    return true;
}

void process_signals::expect() {
    stops_.async_wait([this](boost::system::error_code ec, int signal) {
        if (!ec) {
            spdlog::info("signal {}: stopping", signal);
            context_.stop();
        }
    });
}

void process_signals::expect_hangup(const std::function<void()>& reload) {
    hangups_.async_wait([this, &reload](boost::system::error_code ec, int) {
        if (!ec) {
            reload();
            expect_hangup(reload);
        }
    });
}

}  // namespace gim::cmd
