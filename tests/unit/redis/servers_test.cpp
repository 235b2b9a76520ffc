// Commands to a cluster whose servers the test plays; the e2e tests have a real one.

#include "redis/servers.hpp"

#include "support/event_queue.hpp"
#include "support/fake_redis.hpp"
#include "unit/redis/asked.hpp"
#include "worker/worker_pool.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using gim::redis::servers;
using gim::redis::servers_options;
using gim::redis::slot_of;
using gim::test::ask;
using gim::test::call_on;
using gim::test::command_words;
using gim::test::fake_redis;
using gim::test::fake_redis_peer;
using gim::test::wait_for;

namespace {

// CLUSTER SLOTS of a cluster whose servers have these ports and as many slots each.
std::string slots_of(const std::vector<std::uint16_t>& ports) {
    const std::size_t each = gim::redis::slot_count / ports.size();
    std::string out = "*" + std::to_string(ports.size()) + "\r\n";
    for (std::size_t i = 0; i < ports.size(); ++i) {
        const auto last = i + 1 == ports.size() ? gim::redis::slot_count : (i + 1) * each;
        out += "*3\r\n:" + std::to_string(i * each) + "\r\n:" + std::to_string(last - 1) +
               "\r\n*2\r\n$9\r\n127.0.0.1\r\n:" + std::to_string(ports[i]) + "\r\n";
    }
    return out;
}

constexpr std::string_view no_cluster = "-ERR This instance has cluster support disabled\r\n";
constexpr std::string_view no_shards = "*1\r\n*-1\r\n";

struct played_cluster {
    fake_redis seed;
    fake_redis low;   // has the lower half of all slots
    fake_redis high;  // has the upper half
    gim::test::event_queue<std::string> told;
    gim::worker::worker_pool workers{1};
    std::unique_ptr<servers> tested;
    std::string now;  // who has what
    std::string low_key;
    std::string high_key;

    played_cluster() : now(slots_of({low.port(), high.port()})) {
        servers_options options;
        options.where.port = seed.port();
        options.prepare =
            [this](gim::redis::early, std::size_t server) -> boost::asio::awaitable<std::string> {
            told.push("prepare " + std::to_string(server));
            co_return std::string();
        };
        options.changed = [this](bool is_up) { told.push(is_up ? "up" : "down"); };
        options.moved = [this] { told.push("moved"); };
        workers.start();
        call_on(home(), [&] {
            tested = std::make_unique<servers>(home(), std::move(options));
            tested->start();
        });
        for (int i = 0; low_key.empty() || high_key.empty(); ++i) {
            const std::string key = "key" + std::to_string(i);
            (slot_of(key) < gim::redis::slot_count / 2 ? low_key : high_key) = key;
        }
    }
    ~played_cluster() { workers.stop(); }

    gim::worker::worker& home() { return workers.at(0); }

    static fake_redis_peer greeted(fake_redis& by, std::string_view slots) {
        auto peer = by.accept();
        CHECK(peer.command("+OK\r\n") == command_words{"SELECT", "0"});
        CHECK(peer.command("+OK\r\n") == command_words{"CLIENT", "SETNAME", "gim"});
        CHECK(peer.command(slots) == command_words{"CLUSTER", "SLOTS"});
        return peer;
    }
    fake_redis_peer server(fake_redis& by) {
        auto peer = greeted(by, now);
        CHECK(peer.command(no_shards) == command_words{"COMMAND", "INFO", "SSUBSCRIBE"});
        return peer;
    }
    std::future<std::string> get(std::string key) {
        auto* const to = call_on(home(), [&] { return &tested->at(key); });
        return ask(*to, std::string("GET"), std::move(key));
    }
    // The next command that is no question about who has what: that is answered at any time.
    command_words command(fake_redis_peer& by, std::string_view answer) const {
        auto words = by.command();
        while (words.front() == "CLUSTER") {
            by.answer(now);
            words = by.command();
        }
        by.answer(answer);
        return words;
    }
};

}  // namespace

TEST_CASE_FIXTURE(played_cluster, "one server that is no cluster has all keys") {
    auto peer = greeted(seed, no_cluster);
    CHECK(told.next() == "prepare 0");
    CHECK(told.next() == "up");
    for (const auto& key : {low_key, high_key}) {
        auto got = get(key);
        CHECK(peer.command("+one\r\n") == command_words{"GET", key});
        CHECK(wait_for(std::move(got)) == R"("one")");
    }
    CHECK_FALSE(call_on(home(), [this] { return tested->is_cluster(); }));
    peer.close();
    CHECK(told.next() == "down");
}

TEST_CASE_FIXTURE(played_cluster, "a server that cannot say what it is yet is asked again") {
    {
        auto peer = greeted(seed, "-LOADING Redis is loading the dataset in memory\r\n");
        CHECK(peer.is_closed_by_client());
    }
    auto peer = greeted(seed, no_cluster);
    CHECK(told.next() == "prepare 0");
}

TEST_CASE_FIXTURE(
    played_cluster,
    "in a cluster each key has its server, and MOVED and ASK are followed"
) {
    auto first = greeted(seed, now);
    CHECK(told.next() == "moved");
    auto one = server(low);
    auto two = server(high);
    for (int i = 0; i < 2; ++i) {
        CHECK(told.next().starts_with("prepare "));
        CHECK(told.next() == "up");
    }
    auto at_low = get(low_key);
    auto at_high = get(high_key);
    CHECK(one.command("+low\r\n") == command_words{"GET", low_key});
    CHECK(two.command("+high\r\n") == command_words{"GET", high_key});
    CHECK(wait_for(std::move(at_low)) == R"("low")");
    CHECK(wait_for(std::move(at_high)) == R"("high")");

    const auto slot = std::to_string(slot_of(low_key));
    const auto to_high = slot + " 127.0.0.1:" + std::to_string(high.port()) + "\r\n";
    auto asked = get(low_key);
    CHECK(one.command("-ASK " + to_high) == command_words{"GET", low_key});
    CHECK(two.command("+OK\r\n") == command_words{"ASKING"});
    CHECK(two.command("+asked\r\n") == command_words{"GET", low_key});
    CHECK(wait_for(std::move(asked)) == R"("asked")");
    // That was for this one command. And then one server has all.
    now = slots_of({high.port()});
    auto moved = get(low_key);
    CHECK(one.command("-MOVED " + to_high) == command_words{"GET", low_key});
    CHECK(command(two, "+moved\r\n") == command_words{"GET", low_key});
    CHECK(wait_for(std::move(moved)) == R"("moved")");
    auto stays = get(low_key);
    CHECK(command(two, "+stays\r\n") == command_words{"GET", low_key});
    CHECK(wait_for(std::move(stays)) == R"("stays")");
    auto error = get(high_key);
    CHECK(command(two, "-ERR wrong\r\n") == command_words{"GET", high_key});
    CHECK(wait_for(std::move(error)) == "!ERR wrong");
}

TEST_CASE_FIXTURE(
    played_cluster,
    "a command that is sent in circles is answered with the error at last"
) {
    auto first = greeted(seed, now);
    auto one = server(low);
    auto two = server(high);
    const auto slot = std::to_string(slot_of(low_key));
    told.skip_to("up");
    told.skip_to("up");
    auto got = get(low_key);
    for (int i = 0; i <= servers::most_redirections; ++i) {
        auto& peer = i % 2 == 0 ? one : two;
        const auto other = i % 2 == 0 ? high.port() : low.port();
        const auto answer = "-ASK " + slot + " 127.0.0.1:" + std::to_string(other) + "\r\n";
        if (i > 0) {
            CHECK(peer.command("+OK\r\n") == command_words{"ASKING"});
        }
        CHECK(peer.command(answer) == command_words{"GET", low_key});
    }
    CHECK(wait_for(std::move(got)).starts_with("!ASK "));
}

TEST_CASE_FIXTURE(played_cluster, "a server that another one took the place of is let go of") {
    auto first = greeted(seed, now);
    auto one = server(low);
    auto two = server(high);
    told.skip_to("up");
    told.skip_to("up");
    two.close();
    CHECK(told.next() == "down");
    // Who is there is asked until somebody is where every slot is.
    fake_redis heir;
    now = slots_of({low.port(), heir.port()});
    CHECK(one.command(now) == command_words{"CLUSTER", "SLOTS"});
    auto three = server(heir);
    told.skip_to("up");
    auto got = get(high_key);
    CHECK(three.command("+heir\r\n") == command_words{"GET", high_key});
    CHECK(wait_for(std::move(got)) == R"("heir")");
}

TEST_CASE_FIXTURE(
    played_cluster,
    "when nobody is there, the first server says where they are now"
) {
    CHECK(greeted(seed, now).is_closed_by_client());
    auto one = server(low);
    auto two = server(high);
    told.skip_to("up");
    told.skip_to("up");
    one.close();
    two.close();
    fake_redis heir;
    now = slots_of({heir.port()});
    CHECK(greeted(seed, now).is_closed_by_client());
    auto three = server(heir);
    told.skip_to("up");
    auto got = get(low_key);
    CHECK(three.command("+heir\r\n") == command_words{"GET", low_key});
    CHECK(wait_for(std::move(got)) == R"("heir")");
}

TEST_CASE_FIXTURE(played_cluster, "servers that come and go under new addresses are not all kept") {
    auto first = greeted(seed, now);
    auto one = server(low);
    auto two = server(high);
    told.skip_to("up");
    told.skip_to("up");
    constexpr std::uint16_t rounds = 12;
    for (std::uint16_t i = 1; i <= rounds; ++i) {
        // Nobody listens there.
        now = slots_of({low.port(), i});
        call_on(home(), [this] { tested->ask_anew(); });
        CHECK(one.command(now) == command_words{"CLUSTER", "SLOTS"});
    }
    now = slots_of({low.port(), high.port()});
    call_on(home(), [this] { tested->ask_anew(); });
    CHECK(one.command(now) == command_words{"CLUSTER", "SLOTS"});
    auto again = server(high);
    told.skip_to("up");
    auto got = get(high_key);
    CHECK(command(again, "+high\r\n") == command_words{"GET", high_key});
    CHECK(wait_for(std::move(got)) == R"("high")");
    CHECK(call_on(home(), [this] { return tested->size(); }) <= 5);
}
