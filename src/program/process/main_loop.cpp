#include "program/process/main_loop.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace gim::program {

using boost::system::error_code;

void main_loop::run(calls on) {
    calls_ = std::move(on);
    expect_stop();
    expect(hangups_, &calls::reload);
    expect(replacements_, &calls::replace);
    context_.run();
    // From now on these are nobody's, also those that have come and were not handled yet.
    calls_ = {};
    hangups_.cancel();
    replacements_.cancel();
}

bool main_loop::wait_for(std::chrono::milliseconds time, const std::function<bool()>& done) {
    context_.restart();
    stops_.cancel();
    expect_stop();
    const auto deadline = std::chrono::steady_clock::now() + time;
    while (!done()) {
        if (context_.stopped() || std::chrono::steady_clock::now() >= deadline) {
            return false;
        }
        context_.run_for(std::chrono::milliseconds(10));
    }
    return true;
}

void main_loop::repeat(std::chrono::steady_clock::duration interval, std::function<void()> f) {
    tick(repeated_.emplace_back(repetition{
        boost::asio::steady_timer(context_), interval, std::move(f)}));
}

void main_loop::tick(repetition& r) {
    r.call();
    r.timer.expires_after(r.interval);
    r.timer.async_wait([&r](error_code ec) {
        if (!ec) {
            tick(r);
        }
    });
}

void main_loop::expect_stop() {
    stops_.async_wait([this](error_code ec, int signal) {
        if (!ec) {
            spdlog::info("signal {}: stopping", signal);
            context_.stop();
        }
    });
}

void main_loop::expect(boost::asio::signal_set& signals, std::function<void()> calls::*call) {
    signals.async_wait([this, &signals, call](error_code ec, int) {
        if (!ec && calls_.*call) {
            (calls_.*call)();
            expect(signals, call);
        }
    });
}

}  // namespace gim::program
