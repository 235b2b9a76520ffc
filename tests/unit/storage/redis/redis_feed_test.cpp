#include "storage/redis/redis_feed.hpp"

#include "support/ask_redis.hpp"
#include "support/redis_server.hpp"
#include "support/show_result.hpp"
#include "unit/storage/redis/two_nodes.hpp"
#include "worker/worker_pool.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <set>
#include <string>
#include <thread>

using gim::test::ask_redis;
using gim::test::redis_node;
using gim::test::run_on;
using gim::test::two_nodes;
using gim::test::unwrap;

// --- membership

TEST_CASE_FIXTURE(two_nodes, "who comes and goes is told to the user's nodes, once") {
    here->watch_user("bob");
    auto& store = there->store();
    const auto on = [&](auto make) { return unwrap(run_on(there->home(), make)); };
    CHECK(on([&] { return store.add_member("den", "bob"); }));
    REQUIRE(here->next() == "bob in den?");
    CHECK_FALSE(on([&] { return store.add_member("den", "bob"); }));
    CHECK(on([&] { return store.add_member("den", "ann"); }));
    CHECK(on([&] { return store.remove_member("den", "bob"); }));
    REQUIRE(here->next() == "bob in den?");
    CHECK_FALSE(on([&] { return store.remove_member("den", "bob"); }));
    CHECK(on([&] { return store.add_member("hall", "bob"); }));
    REQUIRE(here->next() == "bob in hall?");
}

TEST_CASE_FIXTURE(two_nodes, "a node that listens from the middle of a join on is told") {
    auto& store = there->store();
    const auto on = [&](auto make) { return unwrap(run_on(there->home(), make)); };
    on([&] { return store.add_member("den", "bob"); });
    here->watch_user("bob");
    CHECK(unwrap(run_on(here->home(), [&] { return here->store().rooms_of("bob"); })).empty());
    const auto list = [&] { return store.add_room_of("bob", "den", 1000); };
    unwrap(run_on(there->home(), list));
    REQUIRE(here->next() == "bob in den?");
}

TEST_CASE_FIXTURE(two_nodes, "a room that is dismissed is told to its nodes and its members'") {
    auto& store = there->store();
    const auto on = [&](auto make) { return unwrap(run_on(there->home(), make)); };
    on([&] { return store.add_member("den", "bob"); });
    here->watch("den");
    here->watch_user("bob");
    there->append("den", "1");
    REQUIRE(here->next() == "1:den 1 1");
    CHECK(on([&] { return store.remove_room("den"); }));
    REQUIRE(here->next() == "dismissed 1:den");
    REQUIRE(here->next() == "bob in den?");
    CHECK_FALSE(on([&] { return store.remove_room("den"); }));
    // Should it come back, its sequences go on.
    there->append("den", "2");
    REQUIRE(here->next() == "1:den 2 2");
}

TEST_CASE_FIXTURE(two_nodes, "after a gap memberships are asked for anew") {
    here->watch_user("bob");
    begin_gap();
    auto& store = there->store();
    unwrap(run_on(there->home(), [&] { return store.add_member("den", "bob"); }));
    end_gap();
    here->heard.asked_anew.skip_to("bob");
}

// --- time

TEST_CASE("that somebody has emptied Redis is found out, though nothing is said") {
    const gim::test::redis_server server;
    gim::worker::worker_pool workers{1};
    workers.start();
    {
        const auto long_ago = std::chrono::hours(1);
        const auto soon = std::chrono::milliseconds(50);
        redis_node here(workers.at(0), server, "here", 100, long_ago, soon);
        here.watch("den");
        here.watch_user("bob");
        here.append("den", "1");
        REQUIRE(here.next() == "1:den 1 1");
        const auto before = ask_redis(server.port(), "GET", "gim:{all}:epoch");
        ask_redis(server.port(), "FLUSHALL");
        const std::set<std::string> lost{here.next(), here.next()};
        CHECK(lost == std::set<std::string>{"lost 1:den", "lost bob"});
        CHECK(ask_redis(server.port(), "GET", "gim:{all}:epoch") != before);
        workers.stop();
    }
}

TEST_CASE("what is watched is not forgotten, though nobody touches it") {
    const gim::test::redis_server server;
    gim::worker::worker_pool workers{1};
    workers.start();
    {
        redis_node here(workers.at(0), server, "here", 100, std::chrono::seconds(2));
        here.watch("den");
        here.append("den", "1");
        const auto left = [&] {
            return std::stol(ask_redis(server.port(), "PTTL", "gim:{1:den}:messages"));
        };
        auto last = left();
        REQUIRE(last > 0);
        for (auto now = left(); now <= last; now = left()) {
            REQUIRE(now > 0);
            last = now;
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        workers.stop();
    }
}

// --- a listener that has no memory

TEST_CASE_FIXTURE(two_nodes, "a message of a room that could not be delivered is delivered later") {
    here->watch("den");
    for (int i = 1; i <= 3; ++i) {
        here->heard.failures = 2;
        there->append("den", std::to_string(i));
        REQUIRE(here->next() == "1:den " + std::to_string(i) + " " + std::to_string(i));
    }
    there->append("den", "4");
    REQUIRE(here->next() == "1:den 4 4");
}

TEST_CASE_FIXTURE(two_nodes, "so is a private message, and that a back end hangs up") {
    const gim::model::user ann{"ann", "ANN"};
    unwrap(run_on(there->home(), [&] { return there->store().put_user(ann); }));
    here->watch_user("bob");
    for (int i = 1; i <= 2; ++i) {
        here->heard.failures = 2;
        there->send("ann", "bob", std::to_string(i));
        REQUIRE(
            here->next() == "bob from ANN 2:ann:bob " + std::to_string(i) + " " + std::to_string(i)
        );
    }
    here->heard.failures = 1;
    unwrap(run_on(there->home(), [&] { return there->store().nodes()->disconnect("bob"); }));
    REQUIRE(here->next() == "disconnect bob");
}

TEST_CASE_FIXTURE(two_nodes, "that messages of a room are lost is said in the end") {
    there->append("den", "1");
    here->watch("den");
    begin_gap();
    redis("DEL", "gim:{1:den}:head", "gim:{1:den}:messages");
    here->heard.failures = 2;
    end_gap();
    REQUIRE(here->next() == "lost 1:den");
}

// --- keys that nobody touches

TEST_CASE("a round over all keys that are watched takes a quarter of their lifetime at most") {
    using gim::storage::redis_feed;
    using namespace std::chrono_literals;
    for (const std::chrono::milliseconds ttl : {1ms, 60'000ms, 3'600'000ms}) {
        for (const std::size_t keys : {0, 1, 1000, 90'000, 100'000, 4'000'000}) {
            const auto at_once = redis_feed::keys_at_once(keys, ttl);
            const auto turns = (keys + at_once - 1) / at_once;
            CHECK(at_once >= 100);
            CHECK(
                turns * redis_feed::refresh_pause <=
                std::max<std::chrono::milliseconds>(ttl / 4, redis_feed::refresh_pause)
            );
        }
    }
}
