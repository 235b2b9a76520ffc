#include "storage/redis/redis_room_watch.hpp"

#include "support/show_result.hpp"
#include "unit/storage/redis/two_nodes.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>

using gim::model::session_id;
using gim::test::call_on;
using gim::test::nodes_with_little_history;
using gim::test::run_on;
using gim::test::start_on;
using gim::test::two_nodes;
using gim::test::wait_for;

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
    CHECK(refused.error().code == gim::model::status::unavailable);
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
