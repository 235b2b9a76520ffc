#include "storage/redis_feed.hpp"

#include "stats/event.hpp"
#include "support/ask_redis.hpp"
#include "support/redis_server.hpp"
#include "support/show_result.hpp"
#include "unit/storage/redis_node.hpp"
#include "worker/worker_pool.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>

using gim::protocol::session_id;
using gim::test::ask_redis;
using gim::test::call_on;
using gim::test::redis_node;
using gim::test::run_on;
using gim::test::start_on;
using gim::test::unwrap;
using gim::test::wait_for;

namespace {

// Two nodes on one Redis.
struct two_nodes {
    gim::test::redis_server server;
    gim::worker::worker_pool workers{2};
    std::unique_ptr<redis_node> here, there;

    explicit two_nodes(std::size_t history = 100'000) {
        workers.start();
        here = std::make_unique<redis_node>(workers.at(0), server, "here", history);
        there = std::make_unique<redis_node>(workers.at(1), server, "there", history);
    }
    ~two_nodes() { workers.stop(); }

    template <class... Words>
    std::string redis(const Words&... words) {
        return ask_redis(server.port(), words...);
    }
    // From now on nobody hears anything, and nobody can subscribe.
    void begin_gap() {
        redis("ACL", "SETUSER", "default", "-subscribe");
        redis("CLIENT", "KILL", "TYPE", "pubsub");
    }
    void end_gap() { redis("ACL", "SETUSER", "default", "+subscribe"); }
    std::uint64_t recovered() const { return workers.count(gim::stats::event::message_recovered); }
};

struct nodes_with_little_history : two_nodes {
    nodes_with_little_history() : two_nodes(5) {}
};

}  // namespace

// --- rooms

TEST_CASE_FIXTURE(two_nodes, "messages of a room come to every node that watches it, in order") {
    here->watch("den");
    there->watch("den");
    here->watch("hall");
    for (int i = 1; i <= 50; ++i) {
        auto& sender = i % 3 == 0 ? *here : *there;
        CHECK(sender.append("den", std::to_string(i)) == static_cast<std::uint64_t>(i));
    }
    there->append("elsewhere", "x");
    there->append("hall", "last");
    for (int i = 1; i <= 50; ++i) {
        const auto line = "1:den " + std::to_string(i) + " " + std::to_string(i);
        REQUIRE(here->next() == line);
        REQUIRE(there->next() == line);
    }
    REQUIRE(here->next() == "1:hall 1 last");
}

TEST_CASE_FIXTURE(two_nodes, "who watches later hears only what comes from then on") {
    there->append("den", "old");
    there->append("den", "older");
    here->watch("den");
    there->append("den", "new");
    REQUIRE(here->next() == "1:den 3 new");
}

TEST_CASE_FIXTURE(two_nodes, "a room that is no longer watched is not heard") {
    here->watch("den");
    here->watch("hall");
    there->append("den", "heard");
    REQUIRE(here->next() == "1:den 1 heard");
    here->unwatch("den");
    there->append("den", "not heard");
    there->append("hall", "heard");
    REQUIRE(here->next() == "1:hall 1 heard");
    here->watch("den");
    there->append("den", "again");
    REQUIRE(here->next() == "1:den 3 again");
}

TEST_CASE_FIXTURE(two_nodes, "what is sent while there is no subscription is read afterwards") {
    here->watch("den");
    there->append("den", "1");
    REQUIRE(here->next() == "1:den 1 1");
    begin_gap();
    // More than a page of history.
    for (int i = 2; i <= 400; ++i) {
        there->append("den", std::to_string(i));
    }
    end_gap();
    there->append("den", "401");
    for (int i = 2; i <= 401; ++i) {
        const auto n = std::to_string(i);
        REQUIRE(here->next() == "1:den " + n + " " + n);
    }
    CHECK(recovered() >= 399);
    here->watch("den");
    there->append("den", "last");
    REQUIRE(here->next() == "1:den 402 last");
}

TEST_CASE_FIXTURE(two_nodes, "so is the first that is sent to a room") {
    here->watch("den");
    begin_gap();
    there->append("den", "1");
    there->append("den", "2");
    end_gap();
    REQUIRE(here->next() == "1:den 1 1");
    REQUIRE(here->next() == "1:den 2 2");
}

TEST_CASE_FIXTURE(two_nodes, "subscriptions that are cut again and again leave out nothing") {
    here->watch("den");
    there->watch("den");
    constexpr int count = 3000;
    auto sending = start_on(there->home(), [this]() -> boost::asio::awaitable<int> {
        const auto den = session_id::room("den");
        int refused = 0;
        for (int i = 1; i <= count; ++i) {
            gim::storage::message_draft draft{{"ann", "Ann"}, "text", std::to_string(i)};
            auto answer = co_await there->store().append(den, std::move(draft), 1000);
            refused += answer ? 0 : 1;
        }
        co_return refused;
    });
    for (int cuts = 0; cuts < 20; ++cuts) {
        redis("CLIENT", "KILL", "TYPE", "pubsub");
        CHECK(redis("CLIENT", "LIST") != "");  // and lets a moment pass
    }
    CHECK(wait_for(std::move(sending)) == 0);
    for (int i = 1; i <= count; ++i) {
        const auto line = "1:den " + std::to_string(i) + " " + std::to_string(i);
        REQUIRE(here->next() == line);
        REQUIRE(there->next() == line);
    }
    here->watch("den");
    there->append("den", "last");
    REQUIRE(here->next() == "1:den 3001 last");
}

TEST_CASE_FIXTURE(nodes_with_little_history, "what is no longer kept is lost, and that is told") {
    here->watch("den");
    there->append("den", "1");
    REQUIRE(here->next() == "1:den 1 1");
    begin_gap();
    for (int i = 2; i <= 7; ++i) {
        there->append("den", std::to_string(i));
    }
    end_gap();
    REQUIRE(here->next() == "lost 1:den");
    here->watch("den");
    there->append("den", "8");
    REQUIRE(here->next() == "1:den 8 8");
    // As many as are kept can be read.
    begin_gap();
    for (int i = 9; i <= 13; ++i) {
        there->append("den", std::to_string(i));
    }
    end_gap();
    for (int i = 9; i <= 13; ++i) {
        REQUIRE(here->next() == "1:den " + std::to_string(i) + " " + std::to_string(i));
    }
}

TEST_CASE_FIXTURE(two_nodes, "when Redis has been emptied, its rooms are lost") {
    here->watch("den");
    there->append("den", "1");
    there->append("den", "2");
    REQUIRE(here->next() == "1:den 1 1");
    REQUIRE(here->next() == "1:den 2 2");
    redis("FLUSHALL");
    // Its sequences begin again, which nobody may take for an old message.
    there->append("den", "other");
    REQUIRE(here->next() == "lost 1:den");
    here->watch("den");
    there->append("den", "another");
    here->heard.told.skip_to("1:den 2 another");  // it may have been read before the other one
}

TEST_CASE_FIXTURE(two_nodes, "so is a room of which nothing was heard before") {
    there->append("den", "1");
    there->append("den", "2");
    here->watch("den");
    redis("FLUSHALL");
    there->append("den", "other");
    REQUIRE(here->next() == "lost 1:den");
    there->append("den", "another");
    here->heard.told.skip_to("1:den 2 another");  // it may have been read before the other one
}

TEST_CASE_FIXTURE(two_nodes, "so it is when it was emptied, and filled again, in a gap") {
    here->watch("den");
    there->append("den", "1");
    REQUIRE(here->next() == "1:den 1 1");
    begin_gap();
    redis("FLUSHALL");
    for (int i = 1; i <= 3; ++i) {
        there->append("den", "other");
    }
    end_gap();
    REQUIRE(here->next() == "lost 1:den");
    here->watch("den");
    there->append("den", "another");
    REQUIRE(here->next() == "1:den 4 another");
}

TEST_CASE_FIXTURE(two_nodes, "a Redis that was killed comes back empty: its rooms are lost") {
    here->watch("den");
    there->append("den", "1");
    REQUIRE(here->next() == "1:den 1 1");
    server.stop();
    server.start_again();
    REQUIRE(here->next() == "lost 1:den");
    here->watch("den");
    there->insist([&] { return there->store().find_user("anybody"); });
    there->append("den", "other");
    REQUIRE(here->next() == "1:den 1 other");
}

TEST_CASE_FIXTURE(two_nodes, "without Redis nobody is promised to hear anything") {
    const auto den = session_id::room("den");
    auto& feed = *here->store().changes();
    const auto watching = [&] { return run_on(here->home(), [&] { return feed.watching(den); }); };
    CHECK(watching());  // it is not watched: nothing is awaited
    server.stop();
    call_on(here->home(), [&] { feed.watch(den); });
    const auto refused = watching();
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == gim::protocol::status::unavailable);
    server.start_again();
    here->watch("den");
    there->insist([&] { return there->store().find_user("anybody"); });
    there->append("den", "1");
    REQUIRE(here->next() == "1:den 1 1");
}

TEST_CASE_FIXTURE(two_nodes, "a room that could not be read when it was watched is heard later") {
    const auto den = session_id::room("den");
    redis("ACL", "SETUSER", "default", "-evalsha");
    call_on(here->home(), [&] { here->store().changes()->watch(den); });
    const auto refused =
        run_on(here->home(), [&] { return here->store().changes()->watching(den); });
    CHECK(refused.has_error());
    redis("ACL", "SETUSER", "default", "+evalsha");
    redis("CLIENT", "KILL", "TYPE", "normal");
    there->insist([&] { return there->store().find_user("anybody"); });
    // Nobody asks for it again.
    while (redis("PUBLISH", "gim:{1:den}", "not ours") == "0") {
    }
    there->append("den", "1");
    REQUIRE(here->next() == "1:den 1 1");
}

TEST_CASE_FIXTURE(two_nodes, "what somebody else publishes in a channel of ours is nothing") {
    here->watch("den");
    here->watch_user("bob");
    for (const auto* const line : {"", "hello", "1 2 3", "dismissed ", "message x", "touch 9 9"}) {
        redis("PUBLISH", "gim:{1:den}", line);
        redis("PUBLISH", "gim:{u:bob}", line);
    }
    redis("PUBLISH", "gim:{u:bob}", "message 1 here 0 0  1 2 id ann 0 0 0 x");
    // A sequence that no message has: what is missing is looked for, and not found.
    there->append("den", "1");
    REQUIRE(here->next() == "1:den 1 1");
    redis("PUBLISH", "gim:{1:den}", "99 2 id ann 0 0 0 forged");
    there->append("den", "2");
    REQUIRE(here->next() == "1:den 2 2");
}

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

// --- private messages

TEST_CASE_FIXTURE(two_nodes, "a private message comes to both parties, by each other's name") {
    here->watch_user("bob");
    there->watch_user("ann");
    CHECK(there->send("ann", "bob", "hi").sequence == 1);
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 1 hi");
    REQUIRE(there->next() == "ann from BOB 2:ann:bob 1 hi");
    CHECK(here->send("bob", "ann", "hello").sequence == 2);
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 2 hello");
    REQUIRE(there->next() == "ann from BOB 2:ann:bob 2 hello");
    CHECK(recovered() == 0);
}

TEST_CASE_FIXTURE(two_nodes, "a message to oneself comes once") {
    here->watch_user("ann");
    there->send("ann", "ann", "note");
    there->send("ann", "ann", "more");
    REQUIRE(here->next() == "ann from ANN 2:ann:ann 1 note");
    REQUIRE(here->next() == "ann from ANN 2:ann:ann 2 more");
}

TEST_CASE_FIXTURE(two_nodes, "the connection that sent it is not pushed it, on its own node only") {
    here->watch_user("ann");
    there->watch_user("ann");
    here->send("ann", "bob", "hi", 7);
    REQUIRE(here->next() == "ann from BOB 2:ann:bob 1 hi except 7");
    REQUIRE(there->next() == "ann from BOB 2:ann:bob 1 hi");
}

TEST_CASE_FIXTURE(two_nodes, "a message that is sent again, and listed again, is not told again") {
    here->watch_user("bob");
    there->watch_user("ann");
    const auto first = there->send("ann", "bob", "hi", 0, "r1");
    const auto again = here->send("ann", "bob", "hi", 0, "r1");
    CHECK(again.id == first.id);
    CHECK(again.sequence == first.sequence);
    there->touch("ann", "bob", first);
    there->send("ann", "bob", "last");
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 1 hi");
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 2 last");
    REQUIRE(there->next() == "ann from BOB 2:ann:bob 1 hi");
    REQUIRE(there->next() == "ann from BOB 2:ann:bob 2 last");
}

TEST_CASE_FIXTURE(two_nodes, "private messages that were missed are read, of all sessions") {
    here->watch_user("bob");
    there->send("ann", "bob", "1");
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 1 1");
    auto& store = there->store();
    const gim::protocol::user cid{"cid", "CID"}, ann{"ann", "ANN"};
    unwrap(run_on(there->home(), [&] { return store.put_user(cid); }));
    unwrap(run_on(there->home(), [&] { return store.put_user(ann); }));
    begin_gap();
    there->send("ann", "bob", "2");
    there->send("cid", "bob", "3");
    there->send("bob", "ann", "4", 7);
    there->send("dan", "bob", "5");
    end_gap();
    // In the order of the sessions' first touches, each session's in its own.
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 2 2");
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 3 4");
    REQUIRE(here->next() == "bob from CID 2:bob:cid 1 3");
    REQUIRE(here->next() == "bob from dan 2:bob:dan 1 5");  // whose name nobody knows
    CHECK(recovered() == 4);
    here->heard.asked_anew.skip_to("bob");
    there->send("ann", "bob", "6");
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 4 6");
}

TEST_CASE_FIXTURE(two_nodes, "a message that was missed is read when it comes into the list") {
    here->watch_user("bob");
    begin_gap();
    const auto missed = there->append_private("ann", "bob", "missed");
    end_gap();
    here->heard.asked_anew.skip_to("bob");
    there->touch("ann", "bob", missed);
    REQUIRE(here->next() == "bob from ann 2:ann:bob 1 missed");
    there->send("ann", "bob", "last");
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 2 last");
}

TEST_CASE_FIXTURE(two_nodes, "a message that is listed late was told before") {
    here->watch_user("bob");
    const auto told = there->append_private("ann", "bob", "told");
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 1 told");
    begin_gap();
    there->touch("ann", "bob", told);
    end_gap();
    here->heard.asked_anew.skip_to("bob");
    there->send("ann", "bob", "last");
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 2 last");
}

TEST_CASE_FIXTURE(two_nodes, "one that was missed comes before the next one, listed or not") {
    here->watch_user("bob");
    there->send("ann", "bob", "1");
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 1 1");
    begin_gap();
    const auto missed = there->append_private("ann", "bob", "2");
    end_gap();
    here->heard.asked_anew.skip_to("bob");
    there->send("ann", "bob", "3");
    REQUIRE(here->next() == "bob from ann 2:ann:bob 2 2");
    REQUIRE(here->next() == "bob from ann 2:ann:bob 3 3");
    there->touch("ann", "bob", missed);
    there->send("ann", "bob", "4");
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 4 4");
}

TEST_CASE_FIXTURE(
    two_nodes,
    "one that was missed and is listed behind the next one is lost, and that is told"
) {
    here->watch_user("bob");
    begin_gap();
    const auto missed = there->append_private("ann", "bob", "1");
    end_gap();
    here->heard.asked_anew.skip_to("bob");
    there->send("ann", "bob", "2");
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 2 2");
    there->touch("ann", "bob", missed);
    REQUIRE(here->next() == "lost bob");
}

TEST_CASE_FIXTURE(
    two_nodes,
    "one from before anybody listened is not lost when it is listed late"
) {
    const auto before = there->append_private("ann", "bob", "1");
    here->watch_user("bob");
    there->send("ann", "bob", "2");
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 2 2");
    there->touch("ann", "bob", before);
    there->send("ann", "bob", "3");
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 3 3");
}

TEST_CASE_FIXTURE(two_nodes, "what was missed and is listed the other way round comes in order") {
    here->watch_user("bob");
    begin_gap();
    const auto first = there->append_private("ann", "bob", "1");
    const auto second = there->append_private("ann", "bob", "2");
    there->touch("ann", "bob", second);
    there->touch("ann", "bob", first);
    end_gap();
    REQUIRE(here->next() == "bob from ann 2:ann:bob 1 1");
    REQUIRE(here->next() == "bob from ann 2:ann:bob 2 2");
    there->send("ann", "bob", "3");
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 3 3");
}

TEST_CASE_FIXTURE(two_nodes, "more that was missed than is listed is lost, and that is told") {
    here->watch_user("bob");
    begin_gap();
    const auto touched = run_on(there->home(), [this]() -> boost::asio::awaitable<int> {
        const auto session = session_id::between("ann", "bob");
        int refused = 0;
        for (std::uint64_t i = 1; i <= 1001; ++i) {
            const gim::storage::receipt last{"id", i, 1000};
            auto put = co_await there->store().touch_private_session("bob", session, last);
            refused += put ? 0 : 1;
        }
        co_return refused;
    });
    CHECK(touched == 0);
    end_gap();
    REQUIRE(here->next() == "lost bob");
    here->heard.asked_anew.skip_to("bob");
    there->send("ann", "bob", "on");
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 1 on");
}

TEST_CASE_FIXTURE(nodes_with_little_history, "so are messages that are listed and no longer kept") {
    here->watch_user("bob");
    there->send("ann", "bob", "1");
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 1 1");
    begin_gap();
    for (int i = 2; i <= 7; ++i) {
        there->send("ann", "bob", std::to_string(i));
    }
    end_gap();
    REQUIRE(here->next() == "lost bob");
    here->heard.asked_anew.skip_to("bob");
    there->send("ann", "bob", "8");
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 8 8");
}

TEST_CASE_FIXTURE(two_nodes, "when Redis has been emptied, its users are lost") {
    here->watch_user("bob");
    for (int i = 1; i <= 3; ++i) {
        const auto n = std::to_string(i);
        there->send("ann", "bob", n);
        REQUIRE(here->next() == "bob from ANN 2:ann:bob " + n + " " + n);
    }
    redis("FLUSHALL");
    there->send("ann", "bob", "other");
    REQUIRE(here->next() == "lost bob");
    here->heard.asked_anew.skip_to("bob");
    there->send("ann", "bob", "another");
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 2 another");
}

TEST_CASE_FIXTURE(two_nodes, "so are those of a Redis that was killed and came back empty") {
    here->watch_user("bob");
    there->send("ann", "bob", "1");
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 1 1");
    there->send("ann", "bob", "2");
    REQUIRE(here->next() == "bob from ANN 2:ann:bob 2 2");
    server.stop();
    server.start_again();
    REQUIRE(here->next() == "lost bob");
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
