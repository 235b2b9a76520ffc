// The client against a server that the test plays: what a real one never does, or not when it is
// wanted. real_client_test.cpp asks a real one.

#include "redis/client.hpp"

#include "observe/stats/event.hpp"
#include "support/event_queue.hpp"
#include "support/fake_redis.hpp"
#include "unit/redis/asked.hpp"
#include "worker/worker_pool.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using gim::redis::call;
using gim::redis::client;
using gim::redis::client_options;
using gim::redis::early;
using gim::stats::event;
using gim::test::ask;
using gim::test::call_on;
using gim::test::command_words;
using gim::test::fake_redis_peer;
using gim::test::start_on;
using gim::test::wait_for;
using namespace std::chrono_literals;

namespace {

// Nothing is lost for the time it takes, unless a test is about that.
client_options patient() {
    client_options options;
    options.timeout = gim::test::patience;
    return options;
}

// What there is no memory for, when a half of it is written.
struct too_long {};
[[maybe_unused]] void append_argument(std::string& out, const too_long&) {
    out += "$1000000\r\nabc";
    throw std::bad_alloc();
}

struct played_redis {
    gim::test::fake_redis server;
    gim::test::event_queue<std::string> told;
    gim::worker::worker_pool workers{1};
    std::unique_ptr<client> tested;

    explicit played_redis(client_options options = patient()) {
        options.where.port = server.port();
        options.changed = [this](bool is_up) { told.push(is_up ? "up" : "down"); };
        workers.start();
        call_on(home(), [&] {
            tested = std::make_unique<client>(home(), std::move(options));
            tested->start();
        });
    }
    ~played_redis() { workers.stop(); }

    gim::worker::worker& home() { return workers.at(0); }
    // The next connection, greeted well.
    fake_redis_peer greeted() {
        auto peer = server.accept();
        CHECK(peer.command("+OK\r\n") == command_words{"SELECT", "0"});
        CHECK(peer.command("+OK\r\n") == command_words{"CLIENT", "SETNAME", "gim"});
        CHECK(told.next() == "up");
        return peer;
    }
    std::string why_down() {
        return call_on(home(), [&] { return tested->why_down(); });
    }
    bool is_up() {
        return call_on(home(), [&] { return tested->is_up(); });
    }
};

}  // namespace

// --- commands and replies

TEST_CASE_FIXTURE(played_redis, "replies come to their calls in order, however they are cut") {
    auto peer = greeted();
    CHECK(is_up());
    auto a = ask(*tested, "GET", "a");
    auto b = ask(*tested, "GET", "b");
    auto c = ask(*tested, "LRANGE", "c", 0, -1);
    CHECK(peer.command() == command_words{"GET", "a"});
    CHECK(peer.command() == command_words{"GET", "b"});
    CHECK(peer.command() == command_words{"LRANGE", "c", "0", "-1"});
    for (const char byte : std::string_view("$2\r\n\r\n\r\n-ERR no\r\n*2\r\n$-1\r\n:7\r\n")) {
        peer.answer(std::string_view(&byte, 1));
    }
    CHECK(wait_for(std::move(a)) == "\"\r\n\"");
    CHECK(wait_for(std::move(b)) == "!ERR no");
    CHECK(wait_for(std::move(c)) == "[nil, 7]");
}

TEST_CASE_FIXTURE(played_redis, "what was made before the first is awaited goes together") {
    auto peer = greeted();
    auto both = start_on(home(), [this]() -> boost::asio::awaitable<std::string> {
        call one(*tested, "GET", "1");
        call two(*tested, "GET", "2");
        co_await two.done();
        co_await one.done();
        co_return std::string(one.reply().text()).append(two.reply().text());
    });
    CHECK(peer.command() == command_words{"GET", "1"});
    CHECK(peer.command() == command_words{"GET", "2"});
    peer.answer("+a\r\n+b\r\n");
    CHECK(wait_for(std::move(both)) == "ab");
}

TEST_CASE_FIXTURE(played_redis, "a reply whose call is gone, or was never awaited, is nobody's") {
    auto peer = greeted();
    call_on(home(), [this] {
        tested->send("DEL", "x");
        const call first(*tested, "GET", "first");
        const call second(*tested, "GET", "second");
    });
    auto kept = ask(*tested, "GET", "kept");
    for (const auto* const reply : {":1\r\n", "+first\r\n", "+second\r\n", "+kept\r\n"}) {
        peer.command(reply);
    }
    CHECK(wait_for(std::move(kept)) == "\"kept\"");
    CHECK(call_on(home(), [this] { return tested->sent(); }) == 6);
}

TEST_CASE_FIXTURE(played_redis, "more calls at once than there were ever before") {
    auto peer = greeted();
    auto sum = start_on(home(), [this]() -> boost::asio::awaitable<std::int64_t> {
        std::vector<std::unique_ptr<call>> all;
        for (int i = 0; i < 1000; ++i) {
            all.push_back(std::make_unique<call>(*tested, "GET", i));
        }
        std::erase_if(all, [n = 0](const auto&) mutable { return n++ % 3 == 0; });
        std::int64_t out = 0;
        for (const auto& c : all) {
            co_await c->done();
            out = out * 31 % 1'000'003 + c->reply().integer();
        }
        co_return out;
    });
    std::int64_t wanted = 0;
    for (int i = 0; i < 1000; ++i) {
        CHECK(peer.command() == command_words{"GET", std::to_string(i)});
        wanted = i % 3 == 0 ? wanted : wanted * 31 % 1'000'003 + i;
        peer.answer(":" + std::to_string(i) + "\r\n");
    }
    CHECK(wait_for(std::move(sum)) == wanted);
}

// --- the greeting

TEST_CASE("who has a password says it first, and the database and the name after it") {
    auto options = patient();
    options.where.user = "ann";
    options.where.password = "p ss";
    options.where.database = 3;
    options.name = "gim-7";
    played_redis redis(options);
    auto peer = redis.server.accept();
    CHECK(peer.command("+OK\r\n") == command_words{"AUTH", "ann", "p ss"});
    CHECK(peer.command("+OK\r\n") == command_words{"SELECT", "3"});
    CHECK_FALSE(redis.is_up());
    CHECK(peer.command("+OK\r\n") == command_words{"CLIENT", "SETNAME", "gim-7"});
    CHECK(redis.told.next() == "up");
}

TEST_CASE("a password that is refused is said, and tried again") {
    auto options = patient();
    options.where.password = "wrong";
    played_redis redis(options);
    {
        auto peer = redis.server.accept();
        CHECK(peer.command("-WRONGPASS invalid\r\n") == command_words{"AUTH", "default", "wrong"});
        peer.command("-NOAUTH needed\r\n");
        peer.command("-NOAUTH needed\r\n");
        CHECK(peer.is_closed_by_client());
    }
    CHECK(redis.why_down() == "WRONGPASS invalid");
    CHECK_FALSE(redis.is_up());
    CHECK(wait_for(ask(*redis.tested, "PING")) == "lost");
    auto peer = redis.server.accept();
    CHECK(peer.command("+OK\r\n") == command_words{"AUTH", "default", "wrong"});
    peer.command("+OK\r\n");
    peer.command("+OK\r\n");
    CHECK(redis.told.next() == "up");
}

TEST_CASE_FIXTURE(played_redis, "one that is still loading is tried again") {
    for (int i = 0; i < 2; ++i) {
        auto peer = server.accept();
        peer.command("-LOADING Redis is loading the dataset in memory\r\n");
        peer.command("+OK\r\n");
        CHECK(peer.is_closed_by_client());
        CHECK(why_down() == "LOADING Redis is loading the dataset in memory");
    }
    greeted();
    CHECK(workers.count(event::redis_lost) >= 2);
}

TEST_CASE("what the owner prepares is done before it counts as up") {
    auto options = patient();
    options.prepare = [](early c) -> boost::asio::awaitable<std::string> {
        call asked(c, "SCRIPT", "LOAD", "return 1");
        co_await asked.done();
        co_return asked.reply().is_error() ? std::string(asked.reply().text()) : std::string();
    };
    played_redis redis(options);
    {
        auto peer = redis.server.accept();
        peer.command("+OK\r\n");
        peer.command("+OK\r\n");
        CHECK(peer.command() == command_words{"SCRIPT", "LOAD", "return 1"});
        CHECK_FALSE(redis.is_up());
        // Nobody else's commands go there before that: they might need what is prepared.
        CHECK(wait_for(ask(*redis.tested, "EVALSHA", "e0e1f9", 0)) == "lost");
        call_on(redis.home(), [&] { redis.tested->send("EVALSHA", "e0e1f9", 0); });
        peer.answer("-OOM command not allowed\r\n");
        CHECK(peer.is_closed_by_client());
    }
    CHECK(redis.why_down() == "OOM command not allowed");
    {
        auto cut = redis.server.accept();
        cut.command("+OK\r\n");
        cut.command("+OK\r\n");
        cut.command();
    }
    auto peer = redis.server.accept();
    peer.command("+OK\r\n");
    peer.command("+OK\r\n");
    peer.command("$2\r\nab\r\n");
    CHECK(redis.told.next() == "up");
}

// --- what goes wrong

TEST_CASE("without a reply in time all calls are lost, and the connection is made anew") {
    auto options = patient();
    options.timeout = 1s;
    played_redis redis(options);
    auto peer = redis.greeted();
    const auto begun = std::chrono::steady_clock::now();
    auto answered = ask(*redis.tested, "GET", "answered");
    auto a = ask(*redis.tested, "GET", "a");
    auto b = ask(*redis.tested, "GET", "b");
    peer.command("+yes\r\n");
    CHECK(wait_for(std::move(answered)) == "\"yes\"");
    CHECK(wait_for(std::move(a)) == "lost");
    CHECK(wait_for(std::move(b)) == "lost");
    CHECK(std::chrono::steady_clock::now() - begun >= options.timeout);
    CHECK(redis.told.next() == "down");
    CHECK(redis.workers.count(event::redis_timed_out) == 1);
    peer.command();
    peer.command();
    CHECK(peer.is_closed_by_client());
    auto next = redis.greeted();
    auto again = ask(*redis.tested, "GET", "again");
    next.command(":1\r\n");
    CHECK(wait_for(std::move(again)) == "1");
}

TEST_CASE("a server that takes connections and says nothing is given up, too") {
    auto options = patient();
    options.timeout = 300ms;
    played_redis redis(options);
    auto silent = redis.server.accept();
    silent.command();
    silent.command();
    CHECK(silent.is_closed_by_client());
    auto other = redis.server.accept();
    CHECK(other.command() == command_words{"SELECT", "0"});
    CHECK(redis.why_down() == "no reply in time");
}

TEST_CASE_FIXTURE(played_redis, "a reply to nothing ends the connection") {
    auto peer = greeted();
    peer.answer("+OK\r\n");
    CHECK(peer.is_closed_by_client());
    CHECK(told.next() == "down");
    CHECK(why_down() == "a reply to nothing");
    greeted();
}

TEST_CASE_FIXTURE(played_redis, "one reply too many loses the calls that come after it") {
    auto peer = greeted();
    auto first = ask(*tested, "GET", "first");
    peer.command("+one\r\n+two\r\n");
    CHECK(wait_for(std::move(first)) == "\"one\"");
    CHECK(told.next() == "down");
    CHECK(wait_for(ask(*tested, "GET", "second")) != "\"two\"");
}

TEST_CASE_FIXTURE(played_redis, "a connection that is cut in the middle of a reply") {
    auto peer = greeted();
    auto whole = ask(*tested, "GET", "whole");
    auto cut = ask(*tested, "GET", "cut");
    peer.command("+whole\r\n");
    peer.command("$10\r\nhalf");
    peer.close();
    CHECK(wait_for(std::move(whole)) == "\"whole\"");
    CHECK(wait_for(std::move(cut)) == "lost");
    CHECK(told.next() == "down");
    CHECK(why_down() == "closed by Redis");
    auto next = greeted();
    auto again = ask(*tested, "GET", "again");
    next.command("+rest\r\n");
    CHECK(wait_for(std::move(again)) == "\"rest\"");
}

TEST_CASE_FIXTURE(played_redis, "what is no Redis is not understood") {
    auto peer = greeted();
    auto asked = ask(*tested, "GET", "a");
    peer.command("HTTP/1.1 400 Bad Request\r\n\r\n");
    CHECK(wait_for(std::move(asked)) == "lost");
    CHECK(told.next() == "down");
    CHECK(why_down().starts_with("not understood: "));
}

TEST_CASE_FIXTURE(played_redis, "while there is no connection every call is lost at once") {
    auto peer = server.accept();  // which is not greeted yet
    CHECK(peer.command() == command_words{"SELECT", "0"});
    peer.close();
    server.accept().close();
    const auto answers = call_on(home(), [this] {
        tested->reconnect("test");
        tested->send("DEL", "a");
        const call lost(*tested, "GET", "a");
        return std::pair(lost.is_lost(), lost.reply().is_nil());
    });
    CHECK(answers == std::pair(true, true));
    CHECK(wait_for(ask(*tested, "GET", "a")) == "lost");
    greeted();
}

TEST_CASE_FIXTURE(played_redis, "who knows better has it made anew") {
    auto peer = greeted();
    auto waiting = ask(*tested, "GET", "a");
    peer.command();
    call_on(home(), [this] { tested->reconnect("READONLY"); });
    CHECK(wait_for(std::move(waiting)) == "lost");
    CHECK(peer.is_closed_by_client());
    CHECK(told.next() == "down");
    CHECK(why_down() == "READONLY");
    greeted();
}

// --- the end

TEST_CASE_FIXTURE(played_redis, "when it is stopped, nothing is answered, and nothing connects") {
    auto peer = greeted();
    auto waiting = ask(*tested, "GET", "a");
    peer.command();
    call_on(home(), [this] { tested->stop(); });
    CHECK(wait_for(std::move(waiting)) == "lost");
    CHECK(peer.is_closed_by_client());
    CHECK(wait_for(ask(*tested, "GET", "b")) == "lost");
    CHECK(why_down() == "stopped");
    call_on(home(), [this] { tested->start(); });
    greeted();
}

TEST_CASE("coroutines that wait for several calls go with the client and its worker") {
    auto redis = std::make_unique<played_redis>();
    auto peer = redis->greeted();
    const auto alive = std::make_shared<int>();
    for (int i = 0; i < 3; ++i) {
        start_on(redis->home(), [&to = *redis->tested, alive]() -> boost::asio::awaitable<void> {
            call one(to, "GET", "1");
            call two(to, "GET", "2");
            call three(to, "GET", "3");
            co_await two.done();
            co_await one.done();
            co_await three.done();
        });
    }
    for (int i = 0; i < 9; ++i) {
        peer.command();
    }
    redis->workers.stop();
    CHECK(alive.use_count() > 1);
    redis.reset();
    CHECK(alive.use_count() == 1);
}

TEST_CASE_FIXTURE(played_redis, "a command that could not be written leaves every reply its call") {
    auto peer = greeted();
    auto before = ask(*tested, std::string("GET"), std::string("a"));
    call_on(home(), [&] {
        CHECK_THROWS_AS(call(*tested, "SET", "b", too_long()), std::bad_alloc);
        CHECK_THROWS_AS(tested->send("SET", "b", too_long()), std::bad_alloc);
    });
    auto behind = ask(*tested, std::string("GET"), std::string("c"));
    CHECK(peer.command("+1\r\n") == command_words{"GET", "a"});
    CHECK(peer.command("+2\r\n") == command_words{"GET", "c"});
    CHECK(wait_for(std::move(before)) == R"("1")");
    CHECK(wait_for(std::move(behind)) == R"("2")");
}
