#include "node/quotas.hpp"

#include "unit/session/running_server.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace gim::test;
using namespace std::chrono_literals;
using gim::model::status;
using gim::node::quota_options;
using gim::node::quotas;
using gim::node::rate_table;
using gim::stats::event;

namespace {

struct fixture {
    gim::stats::counters count;
    quotas::clock::time_point now{1000h};
};

}  // namespace

TEST_CASE("every name has a bucket of its own, and without a limit there is none") {
    rate_table table({10, 2});
    const rate_table::clock::time_point now{1000h};
    table.spend("a", now);
    table.spend("a", now);
    CHECK(table.wait("a", now) == 100ms);
    CHECK(table.wait("b", now) == 0s);
    CHECK(table.size() == 1);
    rate_table unlimited({});
    unlimited.spend("a", now);
    CHECK(unlimited.wait("a", now) == 0s);
    CHECK(unlimited.size() == 0);
}

TEST_CASE("buckets that are full again are forgotten, those in use are not") {
    rate_table table({10, 2});
    rate_table::clock::time_point now{1000h};
    for (int i = 0; i < 100'000; ++i, now += 1ms) {
        table.spend(std::to_string(i), now);
        REQUIRE(table.size() <= 512);  // some 100 are not full at any time
    }
    table.spend("kept", now);
    table.spend("kept", now);
    for (int i = 0; i < 1000; ++i) {
        table.spend("other" + std::to_string(i), now);
    }
    CHECK(table.wait("kept", now) == 100ms);
}

TEST_CASE_FIXTURE(
    fixture,
    "a user may send so much, is told when to go on, and others are not held"
) {
    quotas q({.sends_of_user = {4, 2}}, count);
    CHECK(q.take_send_of("ann", now));
    CHECK(q.take_send_of("ann", now));
    const auto refused = q.take_send_of("ann", now);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == status::too_many);
    CHECK(
        refused.error().message ==
        "content: a user may send 4 messages a second; try again in 250 ms"
    );
    CHECK(refused.error().retry_after == 1s);
    CHECK(count.count(event::refused_send_of_user) == 1);
    CHECK(q.take_send_of("bob", now));
    CHECK(q.take_send_of("ann", now + 250ms));
    CHECK_FALSE(q.take_send_of("ann", now + 250ms));
}

TEST_CASE_FIXTURE(fixture, "slow mode gives each member of each room its own turns") {
    quotas q({.slow_mode = 5s}, count);
    CHECK(q.take_send_to("r", "ann", now));
    const auto refused = q.take_send_to("r", "ann", now + 2500ms);
    REQUIRE_FALSE(refused);
    CHECK(
        refused.error().message ==
        "target_id: slow mode, one message in 5 s of each member; try again in 3 s"
    );
    CHECK(refused.error().retry_after == 3s);
    CHECK(count.count(event::refused_slow_mode) == 1);
    CHECK(q.take_send_to("r", "bob", now));
    CHECK(q.take_send_to("other", "ann", now));
    CHECK(q.take_send_to("r", "ann", now + 5s));
}

TEST_CASE_FIXTURE(fixture, "a room may get so much of all, and who is refused keeps the turn") {
    quotas q({.sends_to_room = {1, 1}, .slow_mode = 1h}, count);
    CHECK(q.take_send_to("r", "ann", now));
    const auto refused = q.take_send_to("r", "bob", now);
    REQUIRE_FALSE(refused);
    CHECK(
        refused.error().message == "target_id: a room may get 1 messages a second; try again in 1 s"
    );
    CHECK(count.count(event::refused_send_to_room) == 1);
    CHECK(q.take_send_to("r", "bob", now + 1s));
}

TEST_CASE_FIXTURE(fixture, "0 is no limit") {
    quotas q({0, 0, {}, {}, 0s}, count);
    for (int i = 0; i < 10'000; ++i) {
        REQUIRE(q.take_send_of("ann", now));
        REQUIRE(q.take_send_to("r", "ann", now));
    }
    CHECK(q.allow_another_room(1'000'000));
    CHECK(q.max_members_of_room() == 0);
}

TEST_CASE("beyond the rate of a user a send is refused and stores nothing") {
    for (const auto workers : worker_counts) {
        running_server s(workers, {}, 0, 8, {.sends_of_user = {1, 3, 1h}});
        auto& ann = s.log_in("ann");
        auto& bob = s.log_in("bob");
        REQUIRE(s.join(ann, "r"));
        // The bucket is the user's, whatever the target and the connection.
        auto& second = s.log_in("ann");
        CHECK(code_of(s.send_to_room(ann, "r", "1")) == 0);
        CHECK(code_of(s.send_to_user(second, "bob", "2")) == 0);
        CHECK(code_of(s.send_to_room(second, "r", "3")) == 0);
        CHECK(code_of(s.send_to_room(ann, "r", "no")) == 429);
        CHECK(code_of(s.send_to_user(ann, "bob", "no")) == 429);
        CHECK(code_of(s.send_to_user(bob, "ann", "bob's own")) == 0);
        const auto history = s.history(ann, {gim::model::session_id::room("r"), {}});
        REQUIRE(history);
        CHECK(history->items.size() == 2);
    }
}

TEST_CASE("slow mode and the rate of a room refuse a send at the room's home") {
    for (const auto workers : worker_counts) {
        running_server s(workers, {}, 0, 8, {.sends_of_user = {}, .slow_mode = 1h});
        auto& ann = s.log_in("ann");
        REQUIRE(s.join(ann, "r"));
        CHECK(code_of(s.send_to_room(ann, "r", "1")) == 0);
        CHECK(code_of(s.send_to_room(ann, "r", "2")) == 429);
        CHECK(code_of(s.send_to_room(ann, "absent", "1")) == 404);
        running_server t(workers, {}, 0, 8, {.sends_of_user = {}, .sends_to_room = {1, 1, 1h}});
        auto& a = t.log_in("a");
        auto& b = t.log_in("b");
        REQUIRE(t.join(a, "r"));
        CHECK(code_of(t.send_to_room(b, "r", "of what the room may get b takes nothing")) == 403);
        REQUIRE(t.join(b, "r"));
        CHECK(code_of(t.send_to_room(a, "r", "1")) == 0);
        CHECK(code_of(t.send_to_room(b, "r", "2")) == 429);
    }
}

TEST_CASE("a user may be in so many rooms, and joining one again is not joining another") {
    for (const auto workers : worker_counts) {
        running_server s(workers, {}, 0, 8, {.rooms_of_user = 3});
        auto& ann = s.log_in("ann");
        for (const auto* room : {"a", "b", "c"}) {
            REQUIRE(s.join(ann, room));
        }
        const auto refused = s.join(ann, "d");
        CHECK(code_of(refused) == 429);
        CHECK(refused.error().message == "id: a user may be in 3 rooms; leave one first");
        CHECK(code_of(s.join(ann, "c")) == 0);
        CHECK(code_of(s.ask(ann, [&] { return s.services.rooms.find("d"); })) == 404);
        REQUIRE(s.leave(ann, "a"));
        CHECK(code_of(s.join(ann, "d")) == 0);
    }
}

TEST_CASE("a room may have so many members, who stay members") {
    for (const auto workers : worker_counts) {
        running_server s(workers, {}, 0, 8, {.members_of_room = 2});
        auto& ann = s.log_in("ann");
        auto& bob = s.log_in("bob");
        auto& cleo = s.log_in("cleo");
        REQUIRE(s.join(ann, "r"));
        REQUIRE(s.join(bob, "r"));
        const auto refused = s.join(cleo, "r");
        CHECK(code_of(refused) == 429);
        CHECK(refused.error().message.starts_with("id: the room is full"));
        CHECK(code_of(s.send_to_room(cleo, "r", "x")) == 403);
        CHECK(code_of(s.join(bob, "r")) == 0);
        REQUIRE(s.leave(ann, "r"));
        CHECK(code_of(s.join(cleo, "r")) == 0);
    }
}

TEST_CASE_FIXTURE(fixture, "other limits count at once, and what was spent stays spent") {
    quotas limits({.rooms_of_user = 5, .members_of_room = 5, .sends_of_user = {1, 1}}, count);
    CHECK(limits.take_send_of("ann", now));
    CHECK_FALSE(limits.take_send_of("ann", now));
    limits.set_options(
        {.rooms_of_user = 1, .members_of_room = 2, .sends_of_user = {1, 2}, .slow_mode = 10s}
    );
    CHECK(limits.take_send_of("ann", now));
    CHECK_FALSE(limits.take_send_of("ann", now));
    CHECK_FALSE(limits.allow_another_room(1));
    CHECK(limits.max_members_of_room() == 2);
    CHECK(limits.take_send_to("lobby", "ann", now));
    CHECK_FALSE(limits.take_send_to("lobby", "ann", now + 9s));
    limits.set_options({.sends_of_user = {}});
    CHECK(limits.take_send_of("ann", now));
    CHECK(limits.take_send_to("lobby", "ann", now));
}
