#include "net/acceptor.hpp"

#include "observe/stats/event.hpp"
#include "unit/net/running_acceptor.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <vector>

using namespace gim;
using namespace gim::test;
using namespace std::chrono_literals;

namespace {

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
