#include "storage/redis/redis_presence.hpp"

#include "base/text_map.hpp"
#include "storage/redis/redis_store.hpp"
#include "support/on_worker.hpp"
#include "support/redis_server.hpp"
#include "support/run.hpp"
#include "worker/worker_pool.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace gim;
using namespace gim::test;

namespace {

using storage::counted_by;

// What one process counts, as the test says.
class tally final : public storage::local_counts {
public:
    void set(const std::string& name, std::size_t connections) {
        if (connections == 0) {
            by_name_.erase(name);
        } else {
            by_name_[name] = connections;
        }
    }
    // How often they were asked for.
    int asked() const { return asked_; }
    // So many of the next questions find no memory.
    int failures = 0;

private:
    boost::asio::awaitable<std::vector<std::uint64_t>> counts_of(std::span<const std::string> names
    ) const {
        std::vector<std::uint64_t> all;
        for (const auto& name : names) {
            const auto found = by_name_.find(name);
            all.push_back(found == by_name_.end() ? 0 : found->second);
        }
        co_return all;
    }
    boost::asio::awaitable<std::vector<std::uint64_t>> counts(std::span<const std::string> names
    ) override {
        ++asked_;
        if (failures > 0) {
            --failures;
            throw std::bad_alloc();
        }
        return counts_of(names);
    }
    void visit(const std::function<void(std::string_view)>& f) const override {
        for (const auto& [name, connections] : by_name_) {
            f(name);
        }
    }

    base::text_map<std::size_t> by_name_;
    int asked_ = 0;
};

// One process of a service, of one worker, without sockets.
class node final : public storage::told_to_others {
public:
    node(const redis_server& redis, const std::string& id, const std::string& address) {
        self_.id = id;
        self_.address = address;
        storage::redis_store_options options;
        options.place.where.port = redis.port();
        options.node = id;
        store = std::make_unique<storage::redis_store>(home(), options);
        store->nodes()->listen(counted_by::user, users);
        store->nodes()->listen(counted_by::room, rooms);
        store->nodes()->introduce(*this);
        workers_.start();
        call_on(home(), [this] { store->start(); });
    }
    ~node() { workers_.stop(); }

    void set(const std::string& user, std::size_t connections) {
        set(counted_by::user, user, connections);
    }
    void set(counted_by what, const std::string& name, std::size_t connections) {
        call_on(home(), [&] {
            (what == counted_by::user ? users : rooms).set(name, connections);
            store->nodes()->changed(what, name);
        });
    }
    void leave() {
        call_on(home(), [this] { store->nodes()->leave(); });
        await([this] { return call_on(home(), [this] { return store->nodes()->has_left(); }); });
    }

    // The ids of the others, with a space behind each; "?" if they are not known.
    std::string others() {
        return call_on(home(), [this] {
            const auto known = store->nodes()->others();
            std::string ids;
            if (!known) {
                return std::string("?");
            }
            for (const auto& n : *known) {
                ids += n.id + " ";
            }
            return ids;
        });
    }
    // How many connections the user has on the others; 999 if that is not known.
    std::uint64_t elsewhere(const std::string& user) { return elsewhere(counted_by::user, user); }
    std::uint64_t elsewhere(counted_by what, const std::string& name) {
        const auto counts = run_on(home(), [&] {
            return store->nodes()->elsewhere(what, std::vector<std::string>(1, name));
        });
        return counts ? counts->front() : 999;
    }
    // The id of a new message; empty if it is refused.
    std::string send() {
        const auto sent = run_on(home(), [this] {
            storage::message_draft draft;
            draft.sender = {"ann", "Ann"};
            draft.content = "x";
            return store->append(room_, std::move(draft), now_ms_);
        });
        return sent ? sent->answer.id : std::string();
    }

    static void await(const std::function<bool()>& has_come) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (!has_come()) {
            REQUIRE(std::chrono::steady_clock::now() < deadline);
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }

    worker::worker& home() { return workers_.at(0); }

    tally users;
    tally rooms;
    // Of describe().
    int failures = 0;

private:
    boost::asio::awaitable<storage::node_record> describe() override {
        if (failures > 0) {
            --failures;
            throw std::bad_alloc();
        }
        co_return self_;
    }
    void tell_all() override { store->nodes()->tell_all(); }

    worker::worker_pool workers_{1};
    storage::node_record self_;
    const model::session_id room_ = model::session_id::room("lobby");
    const std::int64_t now_ms_ = 1'800'000'000'000;

public:
    std::unique_ptr<storage::redis_store> store;
};

}  // namespace

TEST_CASE("nodes know of each other and of each other's users, and forget who leaves") {
    redis_server redis;
    node one(redis, "one", "ws://one");
    node two(redis, "two", "ws://two");
    node::await([&] { return one.others() == "two " && two.others() == "one "; });
    CHECK(one.elsewhere("ann") == 0);
    two.set("ann", 2);
    node::await([&] { return one.elsewhere("ann") == 2; });
    two.set("ann", 1);
    node::await([&] { return one.elsewhere("ann") == 1; });
    CHECK(two.elsewhere("ann") == 0);
    two.set("ann", 0);
    two.set("bob", 1);
    node::await([&] { return one.elsewhere("ann") == 0 && one.elsewhere("bob") == 1; });
    two.leave();
    node::await([&] { return one.others().empty(); });
    CHECK(one.elsewhere("bob") == 0);
}

TEST_CASE("how many connections receive a room is known like those of users, and not mixed up") {
    redis_server redis;
    node one(redis, "one", "ws://one");
    node two(redis, "two", "ws://two");
    node three(redis, "three", "ws://three");
    node::await([&] { return one.others() == "three two "; });
    two.set(counted_by::room, "lobby", 3);
    three.set(counted_by::room, "lobby", 4);
    three.set(counted_by::user, "lobby", 1);
    node::await([&] { return one.elsewhere(counted_by::room, "lobby") == 7; });
    node::await([&] { return one.elsewhere(counted_by::user, "lobby") == 1; });
    CHECK(one.elsewhere(counted_by::room, "arena") == 0);
    two.set(counted_by::room, "lobby", 0);
    node::await([&] { return one.elsewhere(counted_by::room, "lobby") == 4; });
    three.leave();
    node::await([&] { return one.others() == "two "; });
    CHECK(one.elsewhere(counted_by::room, "lobby") == 0);
}

TEST_CASE("what changes all the time is counted and written once in 50 ms") {
    redis_server redis;
    node one(redis, "one", "ws://one");
    node two(redis, "two", "ws://two");
    node::await([&] { return one.others() == "two "; });
    const auto asked = [&] { return call_on(two.home(), [&] { return two.rooms.asked(); }); };
    const auto begin = std::chrono::steady_clock::now();
    std::size_t connections = 1;
    node::await([&] {
        for (int i = 0; i < 100; ++i) {
            two.set(counted_by::room, "busy", ++connections);
        }
        return asked() >= 5;
    });
    const auto count = asked();
    const auto took = std::chrono::steady_clock::now() - begin;
    CHECK(count <= took / storage::redis_counts::gathering);
    node::await([&] { return one.elsewhere(counted_by::room, "busy") == connections; });
}

TEST_CASE("what a Redis that lost everything had been told is told anew") {
    redis_server redis;
    node one(redis, "one", "ws://one");
    node two(redis, "two", "ws://two");
    two.set("ann", 1);
    two.set(counted_by::room, "lobby", 2);
    node::await([&] { return one.elsewhere("ann") == 1; });
    node::await([&] { return one.elsewhere(counted_by::room, "lobby") == 2; });
    redis.stop();
    redis.start_again();
    node::await([&] { return one.elsewhere("ann") == 1; });
    node::await([&] { return one.elsewhere(counted_by::room, "lobby") == 2; });
    CHECK(one.others() == "two ");
}

TEST_CASE("a node that has no memory for once says later how it is, and who is there") {
    redis_server redis;
    node one(redis, "one", "ws://one");
    node two(redis, "two", "ws://two");
    node::await([&] { return one.others() == "two "; });
    call_on(two.home(), [&] {
        two.failures = 1;
        two.users.failures = 1;
    });
    two.set("ann", 2);
    call_on(two.home(), [&] { two.store->nodes()->tell_soon(); });
    node::await([&] { return call_on(two.home(), [&] { return two.failures == 0; }); });
    // It would be forgotten by then.
    std::this_thread::sleep_for(storage::lease_time + storage::renewal_interval);
    CHECK(one.others() == "two ");
    node::await([&] { return one.elsewhere("ann") == 2; });
    two.leave();
    node::await([&] { return one.others().empty(); });
}

TEST_CASE("no two nodes make the same id, and Redis may forget whose numbers were whose") {
    redis_server redis;
    node one(redis, "one", "ws://one");
    node two(redis, "two", "ws://two");
    std::set<std::string> ids;
    for (int round = 0; round < 2; ++round) {
        node::await([&] { return !one.send().empty() && !two.send().empty(); });
        for (int i = 0; i < 500; ++i) {
            const auto first = one.send();
            const auto second = two.send();
            REQUIRE(first.size() == storage::message_ids::length);
            CHECK(ids.insert(first).second);
            CHECK(ids.insert(second).second);
        }
        redis.stop();
        redis.start_again();
    }
}
