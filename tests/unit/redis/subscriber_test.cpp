#include "redis/subscriber.hpp"

#include "observe/stats/event.hpp"
#include "support/ask_redis.hpp"
#include "support/event_queue.hpp"
#include "support/fake_redis.hpp"
#include "support/redis_server.hpp"
#include "worker/worker_pool.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <future>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

using gim::redis::subscriber;
using gim::redis::subscriber_options;
using gim::test::ask_redis;
using gim::test::call_on;
using gim::test::command_words;
using gim::test::fake_redis_peer;
using gim::test::run_on;
using gim::test::start_on;
using gim::test::wait_for;
using namespace std::chrono_literals;

namespace {

struct tested_subscriber {
    gim::test::event_queue<std::string> told;  // "up", "down", "CHANNEL: PAYLOAD"
    gim::worker::worker_pool workers{1};
    std::unique_ptr<subscriber> tested;
    bool is_sharded = false;

    void start(std::uint16_t port, std::chrono::milliseconds timeout, std::string password = {}) {
        subscriber_options options;
        gim::redis::url where;
        where.port = port;
        where.password = std::move(password);
        options.where = [where] { return where; };
        if (is_sharded) {
            options.gone = [this](std::string_view channel) {
                told.push(std::string(channel).append(" is gone"));
            };
        }
        options.timeout = timeout;
        options.received = [this](std::string_view channel, std::string_view payload) {
            told.push(std::string(channel).append(": ").append(payload));
        };
        options.changed = [this](bool is_up) { told.push(is_up ? "up" : "down"); };
        workers.start();
        call_on(home(), [&] {
            tested = std::make_unique<subscriber>(home(), std::move(options));
            tested->start();
        });
    }
    ~tested_subscriber() { workers.stop(); }

    gim::worker::worker& home() { return workers.at(0); }
    void subscribe(std::string_view channel) {
        call_on(home(), [&] { tested->subscribe(channel); });
    }
    void unsubscribe(std::string_view channel) {
        call_on(home(), [&] { tested->unsubscribe(channel); });
    }
    std::future<bool> active(std::string channel) {
        return start_on(home(), [this, channel] { return tested->active(channel); });
    }
    bool is_up() {
        return call_on(home(), [this] { return tested->is_up(); });
    }
};

struct real_subscriber : tested_subscriber {
    gim::test::redis_server server;

    explicit real_subscriber(std::chrono::milliseconds timeout = gim::test::patience) {
        start(server.port(), timeout);
        told.skip_to("up");
    }
    std::string publish(std::string_view channel, std::string_view payload) {
        return ask_redis(server.port(), "PUBLISH", channel, payload);
    }
    std::string kill_subscriptions() {
        return ask_redis(server.port(), "CLIENT", "KILL", "TYPE", "pubsub");
    }
};

// Against a server that the test plays.
struct played_subscriber : tested_subscriber {
    gim::test::fake_redis server;

    played_subscriber() { start(server.port(), gim::test::patience); }

    fake_redis_peer greeted() {
        auto peer = server.accept();
        CHECK(peer.command("+OK\r\n") == command_words{"CLIENT", "SETNAME", "gim"});
        return peer;
    }
};

struct played_sharded : tested_subscriber {
    gim::test::fake_redis server;

    played_sharded() {
        is_sharded = true;
        start(server.port(), gim::test::patience);
    }

    fake_redis_peer greeted() {
        auto peer = server.accept();
        CHECK(peer.command("+OK\r\n") == command_words{"CLIENT", "SETNAME", "gim"});
        return peer;
    }
};

std::string told_of(std::string_view what, std::string_view channel) {
    return "*3\r\n$" + std::to_string(what.size()) + "\r\n" + std::string(what) + "\r\n$" +
           std::to_string(channel.size()) + "\r\n" + std::string(channel) + "\r\n:1\r\n";
}

std::string confirmed(std::string_view channel) {
    return told_of("subscribe", channel);
}

}  // namespace

// --- a real one

TEST_CASE_FIXTURE(real_subscriber, "what is published in its channels is heard, in order") {
    subscribe("a");
    subscribe("b");
    subscribe("a");
    CHECK(wait_for(active("a")));
    CHECK(wait_for(active("b")));
    CHECK(call_on(home(), [this] { return tested->size(); }) == 2);
    const std::string bytes("\r\n\0*1\r\n", 7);
    CHECK(publish("a", "1") == "1");
    CHECK(publish("c", "not this") == "0");
    CHECK(publish("b", bytes) == "1");
    CHECK(publish("a", "") == "1");
    CHECK(told.next() == "a: 1");
    CHECK(told.next() == "b: " + bytes);
    CHECK(told.next() == "a: ");
}

TEST_CASE_FIXTURE(real_subscriber, "a channel that is no longer wanted is not heard") {
    subscribe("a");
    subscribe("b");
    CHECK(wait_for(active("a")));
    CHECK(wait_for(active("b")));
    unsubscribe("a");
    unsubscribe("a");
    unsubscribe("never was");
    CHECK_FALSE(wait_for(active("a")));
    CHECK_FALSE(wait_for(active("never was")));
    // Until Redis knows.
    while (publish("a", "x") != "0") {
    }
    publish("b", "last");
    told.skip_to("b: last");
    subscribe("a");
    CHECK(wait_for(active("a")));
    CHECK(publish("a", "again") == "1");
    CHECK(told.next() == "a: again");
}

TEST_CASE_FIXTURE(
    real_subscriber,
    "who subscribes and unsubscribes at once ends as it was said last"
) {
    for (int i = 0; i < 100; ++i) {
        call_on(home(), [this] {
            for (int k = 0; k < 5; ++k) {
                tested->subscribe("on");
                tested->subscribe("off");
                tested->unsubscribe("on");
                tested->unsubscribe("off");
            }
            tested->subscribe("on");
        });
        auto heard = active("on");
        CHECK(wait_for(std::move(heard)));
        CHECK(publish("on", std::to_string(i)) == "1");
        CHECK(publish("off", "x") == "0");
        CHECK(told.next() == "on: " + std::to_string(i));
        unsubscribe("on");
    }
    CHECK(is_up());
}

TEST_CASE_FIXTURE(real_subscriber, "who waits for a channel that is given up is told so") {
    const bool is_heard = run_on(home(), [this]() -> boost::asio::awaitable<bool> {
        tested->subscribe("a");
        home().post([this] { tested->unsubscribe("a"); });
        const bool is_active = co_await tested->active("a");
        co_return is_active;
    });
    CHECK_FALSE(is_heard);
}

TEST_CASE_FIXTURE(real_subscriber, "a connection that is cut is made anew with all its channels") {
    for (int i = 0; i < 100; ++i) {
        subscribe("room" + std::to_string(i));
    }
    CHECK(wait_for(active("room99")));
    CHECK(kill_subscriptions() == "1");
    CHECK(told.next() == "down");
    CHECK(told.next() == "up");
    for (int i = 0; i < 100; ++i) {
        const auto name = "room" + std::to_string(i);
        CHECK(publish(name, "x") == "1");
        CHECK(told.next() == name + ": x");
    }
    CHECK(workers.count(gim::stats::event::redis_subscription_lost) == 1);
}

TEST_CASE_FIXTURE(
    real_subscriber,
    "without Redis nothing is active; afterwards all is heard again"
) {
    subscribe("a");
    CHECK(wait_for(active("a")));
    server.stop();
    CHECK(told.next() == "down");
    CHECK_FALSE(is_up());
    subscribe("b");
    unsubscribe("a");
    subscribe("a");
    // It may be trying just now; then it fails.
    CHECK_FALSE(wait_for(active("a")));
    CHECK_FALSE(wait_for(active("b")));
    server.start_again();
    CHECK(told.next() == "up");
    CHECK(wait_for(active("a")));
    CHECK(publish("a", "1") == "1");
    CHECK(publish("b", "2") == "1");
    CHECK(told.next() == "a: 1");
    CHECK(told.next() == "b: 2");
}

TEST_CASE("the silence of a Redis that hangs is noticed") {
    real_subscriber redis(1s);
    redis.subscribe("a");
    CHECK(wait_for(redis.active("a")));
    redis.server.signal(SIGSTOP);
    CHECK(redis.told.next() == "down");
    redis.server.signal(SIGCONT);
    CHECK(redis.told.next() == "up");
    CHECK(wait_for(redis.active("a")));
}

// --- one that the test plays

TEST_CASE("a subscriber says its password, and what is wrong with it ends the connection") {
    gim::test::fake_redis server;
    tested_subscriber redis;
    redis.start(server.port(), gim::test::patience, "secret");
    {
        auto peer = server.accept();
        CHECK(peer.command("-WRONGPASS invalid\r\n") == command_words{"AUTH", "default", "secret"});
        CHECK(peer.command() == command_words{"CLIENT", "SETNAME", "gim"});
        CHECK(peer.is_closed_by_client());
    }
    auto peer = server.accept();
    peer.command("+OK\r\n");
    CHECK_FALSE(redis.is_up());
    peer.command("+OK\r\n");
    CHECK(redis.told.next() == "up");
}

TEST_CASE_FIXTURE(played_subscriber, "it is up when all that was wanted before is confirmed") {
    subscribe("a");
    subscribe("b");
    auto peer = greeted();
    const auto first = peer.command();
    const auto second = peer.command();
    CHECK(std::set{first[1], second[1]} == std::set<std::string>{"a", "b"});
    auto heard = active(first[1]);
    auto not_heard = active(second[1]);
    peer.answer(confirmed(first[1]));
    CHECK(wait_for(std::move(heard)));
    CHECK_FALSE(is_up());
    peer.close();
    CHECK_FALSE(wait_for(std::move(not_heard)));
}

TEST_CASE_FIXTURE(played_subscriber, "who subscribes all the time does not keep it from being up") {
    subscribe("a");
    auto peer = greeted();
    CHECK(peer.command() == command_words{"SUBSCRIBE", "a"});
    subscribe("later");
    CHECK(peer.command() == command_words{"SUBSCRIBE", "later"});
    peer.answer(confirmed("a"));
    CHECK(told.next() == "up");
    auto heard = active("later");
    peer.answer(confirmed("later"));
    CHECK(wait_for(std::move(heard)));
}

TEST_CASE_FIXTURE(played_subscriber, "a confirmation counts for the command it answers only") {
    auto peer = greeted();
    CHECK(told.next() == "up");
    subscribe("a");
    unsubscribe("a");
    subscribe("a");
    auto heard = active("a");
    CHECK(peer.command() == command_words{"SUBSCRIBE", "a"});
    CHECK(peer.command() == command_words{"UNSUBSCRIBE", "a"});
    CHECK(peer.command() == command_words{"SUBSCRIBE", "a"});
    peer.answer(confirmed("a"));
    peer.answer("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$3\r\nold\r\n");
    CHECK(told.next() == "a: old");
    // The first confirmation is known by now.
    CHECK(heard.wait_for(0s) == std::future_status::timeout);
    peer.answer("*3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:0\r\n");
    peer.answer(confirmed("a"));
    CHECK(wait_for(std::move(heard)));
}

TEST_CASE_FIXTURE(played_subscriber, "what was not asked for ends the connection") {
    for (const auto& answer :
         {confirmed("other"),
          std::string("-NOPERM no channels\r\n"),
          std::string("HTTP/1.1 400\r\n")}) {
        CAPTURE(answer);
        auto peer = greeted();
        CHECK(told.next() == "up");
        peer.answer(answer);
        CHECK(told.next() == "down");
        CHECK(peer.is_closed_by_client());
    }
    // What it does not know is left alone.
    auto peer = greeted();
    CHECK(told.next() == "up");
    peer.answer(
        "*0\r\n:1\r\n$-1\r\n*3\r\n$7\r\nunknown\r\n*1\r\n:1\r\n:2\r\n*1\r\n$7\r\nmessage\r\n"
    );
    peer.answer("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\n1\r\n");
    CHECK(told.next() == ": ");  // a message without channel and text, which nobody wants
    CHECK(told.next() == "a: 1");
}

TEST_CASE_FIXTURE(played_subscriber, "when it is stopped, who waits is told, and may begin again") {
    auto peer = greeted();
    CHECK(told.next() == "up");
    subscribe("a");
    subscribe("b");
    peer.command();
    peer.command();
    auto waiting = start_on(home(), [this]() -> boost::asio::awaitable<bool> {
        const bool is_heard = co_await tested->active("a");
        tested->unsubscribe("a");
        tested->unsubscribe("b");
        tested->subscribe("c");
        co_return is_heard;
    });
    call_on(home(), [this] { tested->stop(); });
    CHECK_FALSE(wait_for(std::move(waiting)));
    CHECK(peer.is_closed_by_client());
    CHECK_FALSE(wait_for(active("c")));
    call_on(home(), [this] { tested->start(); });
    auto next = greeted();
    CHECK(next.command() == command_words{"SUBSCRIBE", "c"});
    next.answer(confirmed("c"));
    CHECK(told.next() == "up");
    CHECK(wait_for(active("c")));
}

TEST_CASE("who still waits goes with it and its worker") {
    auto redis = std::make_unique<played_subscriber>();
    redis->subscribe("a");
    auto peer = redis->greeted();
    peer.command();
    const auto alive = std::make_shared<int>();
    for (int i = 0; i < 3; ++i) {
        start_on(redis->home(), [&to = *redis->tested, alive]() -> boost::asio::awaitable<void> {
            co_await to.active("a");
        });
    }
    call_on(redis->home(), [] {});  // they have begun
    redis->workers.stop();
    CHECK(alive.use_count() > 1);
    redis.reset();
    CHECK(alive.use_count() == 1);
}

// --- sharded channels of a cluster

TEST_CASE_FIXTURE(played_sharded, "a sharded channel is heard until the server says it is gone") {
    auto peer = greeted();
    CHECK(told.next() == "up");
    subscribe("a");
    CHECK(peer.command(told_of("ssubscribe", "a")) == command_words{"SSUBSCRIBE", "a"});
    CHECK(wait_for(active("a")));
    peer.answer("*3\r\n$8\r\nsmessage\r\n$1\r\na\r\n$1\r\n1\r\n");
    CHECK(told.next() == "a: 1");
    // Its slot has moved.
    peer.answer(told_of("sunsubscribe", "a"));
    CHECK(told.next() == "a is gone");
    auto later = active("a");
    unsubscribe("a");
    CHECK_FALSE(wait_for(std::move(later)));
    CHECK(peer.command() == command_words{"SUNSUBSCRIBE", "a"});
    subscribe("a");
    CHECK(peer.command() == command_words{"SSUBSCRIBE", "a"});
    peer.answer("-MOVED 15495 127.0.0.1:7002\r\n");  // to SUNSUBSCRIBE: nobody minds
    peer.answer(told_of("ssubscribe", "a"));
    CHECK(wait_for(active("a")));
    CHECK(is_up());
}

TEST_CASE_FIXTURE(
    played_sharded,
    "a sharded channel that is elsewhere is gone, and others are not"
) {
    auto peer = greeted();
    CHECK(told.next() == "up");
    subscribe("a");
    CHECK(peer.command() == command_words{"SSUBSCRIBE", "a"});
    subscribe("b");
    CHECK(peer.command() == command_words{"SSUBSCRIBE", "b"});
    auto heard = active("b");
    peer.answer("-MOVED 15495 127.0.0.1:7002\r\n");
    peer.answer(told_of("ssubscribe", "b"));
    CHECK(told.next() == "a is gone");
    CHECK(wait_for(std::move(heard)));
    // Any other error is of the connection.
    subscribe("c");
    CHECK(
        peer.command("-CLUSTERDOWN Hash slot not served\r\n") == command_words{"SSUBSCRIBE", "c"}
    );
    CHECK(told.next() == "down");
}
