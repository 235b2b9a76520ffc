#include "net/acceptor.hpp"

#include "net/end_gently.hpp"
#include "net/listener.hpp"
#include "stats/event.hpp"
#include "support/on_worker.hpp"
#include "worker/worker_pool.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <memory>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <vector>

using namespace gim;
using namespace gim::test;
using namespace std::chrono_literals;

namespace {

// A door of one worker on a free port of the loopback that keeps who came in.
class running_acceptor {
public:
    explicit running_acceptor(const net::admission_options& limits) : admitted_(limits) {
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
        pool.at(0).post([this] { accepting_->start(); });
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
        const auto end = std::chrono::steady_clock::now() + 20s;
        while (inside() != n && std::chrono::steady_clock::now() < end) {
            std::this_thread::sleep_for(1ms);
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

    worker::worker_pool pool{1};

private:
    std::size_t inside() {
        std::size_t n = 0;
        call_on(pool.at(0), [&] { n = came_.size(); });
        return n;
    }

    net::admission admitted_;
    const net::door_rules rules_;
    net::tcp::endpoint where_;
    std::unique_ptr<net::acceptor> accepting_;
    std::vector<net::arrival> came_;
};

// All that comes until the server ends its side.
std::string read_to_end(const net::unique_fd& fd) {
    std::string all;
    std::array<char, 256> chunk;
    for (;;) {
        const auto n = ::recv(fd.get(), chunk.data(), chunk.size(), 0);
        if (n <= 0) {
            return n == 0 ? all : all + " (reset)";
        }
        all.append(chunk.data(), static_cast<std::size_t>(n));
    }
}

}  // namespace

TEST_CASE("beyond the limit a client hears why, and is not reset though it has sent its request") {
    running_acceptor door({2, 0, 0});
    const auto first = door.connect();
    const auto second = door.connect();
    REQUIRE(door.has_come(2));
    for (int i = 0; i < 3; ++i) {
        const auto third = door.connect();
        const std::string request(1000, 'x');
        ::send(third.get(), request.data(), request.size(), MSG_NOSIGNAL);
        CHECK(read_to_end(third).starts_with("503 "));
    }
    CHECK(door.pool.count(stats::event::refused_too_many) == 3);
    door.let_one_go();
    const auto fourth = door.connect();
    CHECK(door.has_come(2));
}

TEST_CASE("an address that has its number is turned away") {
    running_acceptor door({0, 1, 0});
    const auto first = door.connect();
    REQUIRE(door.has_come(1));
    CHECK(read_to_end(door.connect()).starts_with("503 "));
    CHECK(door.pool.count(stats::event::refused_too_many_of_address) == 1);
}

TEST_CASE("of those who come faster than allowed, the rest is turned away") {
    running_acceptor door({0, 0, 1});
    std::vector<net::unique_fd> clients;
    for (int i = 0; i < 20; ++i) {
        clients.push_back(door.connect());
    }
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (door.pool.count(stats::event::refused_too_fast) == 0 &&
           std::chrono::steady_clock::now() < end) {
        std::this_thread::sleep_for(1ms);
    }
    CHECK(door.pool.count(stats::event::refused_too_fast) > 0);
}

TEST_CASE("one who was turned away and never leaves is closed all the same") {
    running_acceptor door({1, 0, 0});
    const auto first = door.connect();
    REQUIRE(door.has_come(1));
    const auto second = door.connect();
    CHECK(read_to_end(second).starts_with("503 "));
    // It is closed, so it is reset when it goes on sending.
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (::send(second.get(), "x", 1, MSG_NOSIGNAL) == 1 && std::chrono::steady_clock::now() < end
    ) {
        std::this_thread::sleep_for(10ms);
    }
    CHECK(std::chrono::steady_clock::now() < end);
}

TEST_CASE("more than can be let go gently are closed all the same") {
    running_acceptor door({1, 0, 0});
    const auto first = door.connect();
    REQUIRE(door.has_come(1));
    std::vector<net::unique_fd> others;
    for (int i = 0; i < 400; ++i) {
        others.push_back(door.connect());
    }
    for (const auto& o : others) {
        CHECK(read_to_end(o).starts_with("503 "));
    }
    CHECK(door.pool.count(stats::event::refused_too_many) == 400);
}

TEST_CASE("who comes during a pause waits, and comes in behind it") {
    running_acceptor door({100, 0, 0});
    const auto first = door.connect();
    REQUIRE(door.has_come(1));
    door.pause();
    const auto second = door.connect();
    const auto third = door.connect();
    std::this_thread::sleep_for(50ms);
    CHECK(door.has_come(1));
    door.resume();
    CHECK(door.has_come(3));
    door.pause_and_resume();
    door.pause_and_resume();
    const auto fourth = door.connect();
    CHECK(door.has_come(4));
    door.resume();  // of nothing
    door.pause();
    door.pause();
    const auto fifth = door.connect();
    door.resume();
    CHECK(door.has_come(5));
}
