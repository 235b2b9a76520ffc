#include "observe/stats/event.hpp"
#include "redis/client.hpp"
#include "support/ask_redis.hpp"
#include "support/event_queue.hpp"
#include "support/redis_server.hpp"
#include "unit/redis/asked.hpp"
#include "worker/worker_pool.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <deque>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using gim::redis::call;
using gim::redis::client;
using gim::redis::client_options;
using gim::test::ask;
using gim::test::ask_redis;
using gim::test::call_on;
using gim::test::run_on;
using gim::test::wait_for;
using namespace std::chrono_literals;

namespace {

struct real_redis {
    gim::test::redis_server server;
    gim::test::event_queue<std::string> told;
    gim::worker::worker_pool workers{1};
    std::unique_ptr<client> tested;

    explicit real_redis(std::chrono::milliseconds timeout = gim::test::patience) {
        client_options options;
        options.timeout = timeout;
        options.where.port = server.port();
        options.changed = [this](bool is_up) { told.push(is_up ? "up" : "down"); };
        workers.start();
        call_on(home(), [&] {
            tested = std::make_unique<client>(home(), std::move(options));
            tested->start();
        });
        told.skip_to("up");
    }
    ~real_redis() { workers.stop(); }

    gim::worker::worker& home() { return workers.at(0); }
};

}  // namespace

TEST_CASE_FIXTURE(real_redis, "many callers on one connection get their own replies, in order") {
    std::vector<std::future<std::string>> counts;
    for (int i = 0; i < 1000; ++i) {
        counts.push_back(ask(*tested, "INCR", "n"));
    }
    for (int i = 1; i <= 1000; ++i) {
        CHECK(wait_for(std::move(counts[static_cast<std::size_t>(i - 1)])) == std::to_string(i));
    }
    CHECK(wait_for(ask(*tested, "CLIENT", "GETNAME")) == "\"gim\"");
}

TEST_CASE_FIXTURE(real_redis, "any bytes come back as they were, and more than a socket takes") {
    std::string bytes("\r\n\0$5\r\n*-1\r\n\xff", 14);
    CHECK(wait_for(ask(*tested, "ECHO", bytes)) == "\"" + bytes + "\"");
    std::vector<std::future<std::string>> echoes;
    const std::string large(std::size_t{4} * 1024 * 1024, 'x');
    for (char c = 'a'; c < 'f'; ++c) {
        echoes.push_back(ask(*tested, "ECHO", large + c));
    }
    for (char c = 'a'; c < 'f'; ++c) {
        CHECK(
            wait_for(std::move(echoes[static_cast<std::size_t>(c - 'a')])) ==
            "\"" + large + c + "\""
        );
    }
}

TEST_CASE_FIXTURE(real_redis, "calls that are destroyed before their reply take nobody's") {
    const auto sum = run_on(home(), [this]() -> boost::asio::awaitable<std::size_t> {
        std::size_t right = 0;
        for (int i = 0; i < 200; ++i) {
            std::deque<call> some;
            for (int k = 0; k < 10; ++k) {
                some.emplace_back(*tested, "ECHO", 10 * i + k);
            }
            some.pop_front();
            some.pop_back();
            call last(*tested, "ECHO", -i);
            co_await some[4].done();
            right += some[4].reply().integer() == 10 * i + 5 ? 1 : 0;
            if (i % 2 == 0) {
                co_await last.done();
                right += last.reply().integer() == -i ? 1 : 0;
            }
        }
        co_return right;
    });
    CHECK(sum == 300);
}

TEST_CASE_FIXTURE(real_redis, "what a script of Redis refuses is an error of that call only") {
    auto bad = ask(*tested, "EVAL", "return redis.call('NONSENSE')", 0);
    auto good = ask(*tested, "EVAL", "return {1, 'two', {'3', false}}", 0);
    CHECK(wait_for(std::move(bad)).starts_with("!ERR "));
    CHECK(wait_for(std::move(good)) == "[1, \"two\", [\"3\", nil]]");
}

TEST_CASE_FIXTURE(real_redis, "after kill -9 of Redis calls are lost until it is there again") {
    CHECK(wait_for(ask(*tested, "SET", "a", "1")) == "\"OK\"");
    server.stop();
    told.skip_to("down");
    CHECK(wait_for(ask(*tested, "GET", "a")) == "lost");
    server.start_again();
    told.skip_to("up");
    CHECK(wait_for(ask(*tested, "GET", "a")) == "nil");
}

TEST_CASE_FIXTURE(real_redis, "a connection that Redis is told to cut is made anew") {
    ask_redis(server.port(), "CLIENT", "KILL", "TYPE", "normal");
    told.skip_to("down");
    told.skip_to("up");
    CHECK(wait_for(ask(*tested, "PING")) == "\"PONG\"");
}

TEST_CASE("a Redis that hangs loses what waits for it, and is found again when it goes on") {
    real_redis redis(500ms);
    redis.server.signal(SIGSTOP);
    std::vector<std::future<std::string>> waiting;
    for (int i = 0; i < 100; ++i) {
        waiting.push_back(ask(*redis.tested, "GET", i));
    }
    for (auto& each : waiting) {
        CHECK(wait_for(std::move(each)) == "lost");
    }
    redis.told.skip_to("down");
    CHECK(redis.workers.count(gim::stats::event::redis_timed_out) >= 1);
    redis.server.signal(SIGCONT);
    redis.told.skip_to("up");
    // On a busy machine half a second may be too short for one.
    while (wait_for(ask(*redis.tested, "PING")) == "lost") {
        redis.told.skip_to("up");
    }
}
