// What an append leaves in Redis. What it is to its callers: tests/conformance.

#include "support/ask_redis.hpp"
#include "support/redis_server.hpp"
#include "unit/storage/redis/redis_node.hpp"
#include "worker/worker_pool.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>

namespace {

const std::string head = "gim:{1:den}:head";
const std::string messages = "gim:{1:den}:messages";
const std::string members = "gim:{1:den}:members";

// Messages are appended at 1000 ms, so what is to be done once in a 64th of an hour, which is
// 56250 ms, is done again at 57250.
struct fixture {
    gim::test::redis_server server;
    gim::worker::worker_pool workers{1};
    std::unique_ptr<gim::test::redis_node> node;

    fixture() {
        workers.start();
        node = std::make_unique<gim::test::redis_node>(
            workers.at(0), server, "here", 3, std::chrono::hours(1)
        );
    }
    ~fixture() { workers.stop(); }

    template <class... Words>
    std::string redis(const Words&... words) {
        return gim::test::ask_redis(server.port(), words...);
    }
    template <class Act>
    void at_store(Act act) {
        gim::test::unwrap(gim::test::run_on(node->home(), [&] { return act(node->store()); }));
    }
    void join() {
        at_store([](auto& store) { return store.add_member("den", "ann"); });
    }
    bool will_be_forgotten_in_an_hour(const std::string& key) {
        const auto left = std::stol(redis("PTTL", key));
        return left > 3'500'000 && left <= 3'600'000;
    }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "no more messages pile up than a few that are not read any more") {
    long most = 0;
    for (int i = 0; i < 100; ++i) {
        node->append("den", "x");
        most = std::max(most, std::stol(redis("ZCARD", messages)));
    }
    CHECK(most <= 3 + 15);
}

TEST_CASE_FIXTURE(fixture, "all of a session is forgotten when its time is up") {
    node->append("den", "1");
    CHECK(will_be_forgotten_in_an_hour(head));
    CHECK(will_be_forgotten_in_an_hour(messages));
    CHECK(redis("HGET", head, "x") == "57250");
}

TEST_CASE_FIXTURE(fixture, "its time begins anew with a message, though not with every one") {
    join();
    node->append("den", "1");
    const auto shorten_all = [this] {
        for (const auto& key : {head, messages, members}) {
            REQUIRE(redis("PEXPIRE", key, "1000000") == "1");
        }
    };
    shorten_all();
    node->append("den", "2");
    CHECK(std::stol(redis("PTTL", messages)) <= 1'000'000);

    // The time has come; or it is further away than any node with our clock and our lifetime has
    // ever put it.
    for (const auto* x : {"1000", "57251"}) {
        shorten_all();
        redis("HSET", head, "x", x);
        node->append("den", "3");
        CHECK(will_be_forgotten_in_an_hour(head));
        CHECK(will_be_forgotten_in_an_hour(messages));
        CHECK(will_be_forgotten_in_an_hour(members));
        CHECK(redis("HGET", head, "x") == "57250");
    }
}

TEST_CASE_FIXTURE(fixture, "messages of a room that comes back are forgotten, too") {
    join();
    node->append("den", "1");
    at_store([](auto& store) { return store.remove_room("den"); });
    join();
    node->append("den", "2");
    CHECK(will_be_forgotten_in_an_hour(messages));
}
