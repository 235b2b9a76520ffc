#pragma once

#include "net/acceptor.hpp"
#include "net/listener.hpp"
#include "support/on_worker.hpp"
#include "worker/worker_pool.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <utility>
#include <vector>

namespace gim::test {

// A door of one worker on a free port of the loopback that keeps who came in.
class running_acceptor {
public:
    // `before_start` is called on the worker right before the door opens.
    explicit running_acceptor(
        const net::admission_options& limits,
        std::function<void()> before_start = [] {}
    )
        : admitted_(limits) {
        auto opened = net::open_listeners({boost::asio::ip::address_v4::loopback(), 0}, 1);
        where_ = opened->endpoint;
        accepting_ = std::make_unique<net::acceptor>(
            pool.at(0),
            std::move(opened->sockets[0]),
            where_.protocol(),
            net::door::gateway,
            admitted_,
            rules_,
            net::door_calls{
                [this](net::arrival a) { came_.push_back(std::move(a)); },
                [](const net::http_error& why) {
                    return std::to_string(why.status) + ' ' + std::to_string(why.retry_after);
                }}
        );
        pool.start();
        pool.at(0).post([this, before_start = std::move(before_start)] {
            before_start();
            accepting_->start();
        });
    }
    ~running_acceptor() {
        call_on(pool.at(0), [this] {
            accepting_->stop();
            came_.clear();
        });
        pool.stop();
    }

    net::unique_fd connect() const {
        net::unique_fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const timeval limit{20, 0};
        ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        REQUIRE(::connect(fd.get(), where_.data(), static_cast<socklen_t>(where_.size())) == 0);
        return fd;
    }
    // True when so many are inside, at once or soon.
    bool has_come(std::size_t n) {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (inside() != n && std::chrono::steady_clock::now() < end) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return inside() == n;
    }
    void pause() {
        call_on(pool.at(0), [this] { accepting_->pause(); });
    }
    void resume() {
        call_on(pool.at(0), [this] { accepting_->resume(); });
    }
    // In one turn of the worker: what was waited for has not heard of the pause yet.
    void pause_and_resume() {
        call_on(pool.at(0), [this] {
            accepting_->pause();
            accepting_->resume();
        });
    }
    void let_one_go() {
        call_on(pool.at(0), [this] { came_.pop_back(); });
    }

    std::size_t inside() {
        std::size_t n = 0;
        call_on(pool.at(0), [&] { n = came_.size(); });
        return n;
    }

    worker::worker_pool pool{1};

private:
    net::admission admitted_;
    const net::door_rules rules_;
    net::tcp::endpoint where_;
    std::unique_ptr<net::acceptor> accepting_;
    std::vector<net::arrival> came_;
};

}  // namespace gim::test
