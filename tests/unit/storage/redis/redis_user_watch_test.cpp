#include "storage/redis/redis_user_watch.hpp"

#include "support/show_result.hpp"
#include "unit/storage/redis/two_nodes.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

using gim::model::session_id;
using gim::test::nodes_with_little_history;
using gim::test::run_on;
using gim::test::two_nodes;
using gim::test::unwrap;

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
    const gim::model::user cid{"cid", "CID"}, ann{"ann", "ANN"};
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

TEST_CASE_FIXTURE(
    two_nodes,
    "when Redis has evicted a session, whose sequences begin again, that is told"
) {
    here->watch_user("bob");
    for (int i = 1; i <= 3; ++i) {
        const auto n = std::to_string(i);
        there->send("ann", "bob", n);
        REQUIRE(here->next() == "bob from ANN 2:ann:bob " + n + " " + n);
    }
    there->now_ms += 1;
    CHECK(
        redis(
            "EVAL", "return redis.call('DEL', unpack(redis.call('KEYS', '*{2:ann:bob}*')))", "0"
        ) != "0"
    );
    CHECK(there->send("ann", "bob", "other").sequence == 1);
    REQUIRE(here->next() == "lost bob");
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
