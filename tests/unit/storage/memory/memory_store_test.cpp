#include "storage/memory/memory_store.hpp"

#include "observe/stats/counters.hpp"
#include "support/run.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using gim::model::session_id;
using gim::stats::event;
using gim::storage::memory_store;
using gim::storage::memory_store_options;
using gim::storage::random_epoch;
using gim::test::run;
using gim::test::run_ok;

// What any store does is in tests/conformance; here is what is the memory store's own.

namespace {

gim::model::history_reply history_of(memory_store& store, const session_id& session) {
    const gim::model::history_query query;
    return run_ok(store.history(session, query));
}

gim::model::message_ptr append(memory_store& store, const session_id& session) {
    gim::storage::message_draft draft{{"ann", "Ann"}, "text", "hello"};
    return run_ok(store.append(session, std::move(draft), 1000)).message;
}

// Sends with a request_id; null if the store knew it.
gim::model::message_ptr send(memory_store& store, const std::string& request) {
    gim::storage::message_draft draft{{"ann", "Ann"}, "text", "hello", {{request, 7}}};
    return run_ok(store.append(session_id::room("lobby"), std::move(draft), 1000)).message;
}

}  // namespace

TEST_CASE("epochs are up to 16 hex digits and differ") {
    const std::string epoch = random_epoch();
    CHECK(epoch.size() >= 1);
    CHECK(epoch.size() <= 16);
    CHECK(epoch.find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(epoch != random_epoch());
}

TEST_CASE("the epoch of the options is told, and without one a random one") {
    const session_id room = session_id::room("lobby");
    memory_store named({.most = {}, .epoch = "e1"});
    CHECK(history_of(named, room).epoch == "e1");
    memory_store one({});
    memory_store other({});
    CHECK(history_of(one, room).epoch != history_of(other, room).epoch);
}

TEST_CASE("by default the newest 1000 messages of a session are kept") {
    const session_id room = session_id::room("lobby");
    memory_store store({});
    for (int i = 0; i < 1001; ++i) {
        append(store, room);
    }
    gim::model::history_query from_the_start;
    from_the_start.after = 0;
    from_the_start.limit = 2000;
    const auto page = run_ok(store.history(room, from_the_start));
    CHECK(page.items.size() == 1000);
    CHECK(page.items.front()->sequence == 2);
    CHECK(page.top_sequence == 1001);
}

TEST_CASE("with a history of 0 messages are numbered and forgotten") {
    const session_id room = session_id::room("lobby");
    memory_store store({.most = {.history = 0}});
    CHECK(append(store, room)->sequence == 1);
    CHECK(append(store, room)->sequence == 2);
    CHECK(history_of(store, room).items.empty());
    CHECK(history_of(store, room).top_sequence == 2);
    CHECK(run_ok(store.last_message(room)) == nullptr);
}

TEST_CASE("the ids of two workers differ in the same millisecond") {
    const session_id room = session_id::room("lobby");
    memory_store first({.most = {}, .worker = 0});
    memory_store second({.most = {}, .worker = 1});
    CHECK(append(first, room)->id != append(second, room)->id);
}

TEST_CASE("a room that makes way takes its messages along") {
    gim::stats::counters count;
    memory_store store({.most = {.rooms = 1}, .count = &count});
    const session_id room = session_id::room("lobby");
    CHECK(run_ok(store.add_member("lobby", "ann")));
    append(store, room);
    CHECK(run(store.add_member("other", "ann")).has_error());
    CHECK(count.count(event::refused_room) == 1);
    CHECK(run_ok(store.remove_member("lobby", "ann")));
    CHECK(run_ok(store.add_member("other", "ann")));
    CHECK(count.count(event::room_forgotten) == 1);
    CHECK(history_of(store, room).items.empty());
    CHECK(history_of(store, room).top_sequence == 1);
}

TEST_CASE("messages that were dropped for the memory are counted") {
    gim::stats::counters count;
    memory_store store({.most = {.history_bytes = 1}, .count = &count});
    append(store, session_id::room("lobby"));
    append(store, session_id::room("other"));
    CHECK(count.count(event::history_dropped) == 1);
}

TEST_CASE("one user too many is refused, and those that are known are not") {
    gim::stats::counters count;
    memory_store store({.most = {.users = 1}, .count = &count});
    run_ok(store.put_user({"ann", "Ann"}));
    store.on_online("ann");
    run_ok(store.put_user({"ann", "Anna"}));
    const auto refused = run(store.put_user({"bob", "Bob"}));
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == gim::model::status::unavailable);
    CHECK(count.count(event::refused_user) == 1);
}

TEST_CASE("who is offline, in no room and in no session with a message is replaced by a new user") {
    gim::stats::counters count;
    memory_store store({.most = {.users = 1}, .count = &count});
    const auto is_refused = [&] { return run(store.put_user({"bob", "Bob"})).has_error(); };
    const session_id session = session_id::between("ann", "bob");
    run_ok(store.put_user({"ann", "Ann"}));
    store.on_online("ann");
    CHECK(is_refused());
    run_ok(store.add_room_of("ann", "lobby", 1));
    run_ok(store.touch_private_session("ann", session, {"m", 1, 1}));
    store.on_offline("ann");
    CHECK(is_refused());
    run_ok(store.remove_room_of("ann", "lobby"));
    CHECK(is_refused());
    store.unlist("ann", session, 0);  // it has a newer message than that
    CHECK(is_refused());
    CHECK(store.sizes().users_idle == 0);
    store.unlist("ann", session, 1);
    CHECK(store.sizes().users_idle == 1);
    CHECK(run_ok(store.private_sessions("ann", std::nullopt, 10)).empty());
    CHECK_FALSE(is_refused());
    CHECK(count.count(event::user_forgotten) == 1);
    CHECK_FALSE(run_ok(store.find_user("ann")));
    CHECK(store.sizes().users == 1);
}

TEST_CASE("users who are idle for the time of silence are forgotten") {
    auto now = gim::storage::known_users::clock::time_point();
    gim::storage::memory_store_options options;
    options.most.user_silence = std::chrono::hours(1);
    options.now = [&now] { return now; };
    memory_store store(std::move(options));
    run_ok(store.put_user({"ann", "Ann"}));
    run_ok(store.put_user({"bob", "Bob"}));
    store.on_online("bob");
    now += std::chrono::hours(1);
    CHECK_FALSE(run_ok(store.find_user("ann")));
    CHECK(run_ok(store.find_user("bob")));
    run_ok(store.put_user({"cat", "Cat"}));
    CHECK(store.sizes().users == 2);
}

TEST_CASE("the lists of private sessions count as the messages do, and what lost them is reported"
) {
    std::vector<std::string> forgotten;
    gim::storage::memory_store_options options;
    options.most.history_bytes = 100 * 1024;
    options.forgotten_session = [&](const session_id& session, std::int64_t) {
        forgotten.push_back(session.text());
    };
    memory_store store(std::move(options));
    for (int i = 0; i < 1000; ++i) {
        append(store, session_id::between("ann", "user" + std::to_string(i)));
    }
    const auto kept = store.sizes().sessions;
    CHECK(kept > 10);
    CHECK(kept < 40);  // 100 KiB of them, at 2.5 KiB and more
    CHECK(forgotten.size() == 1000 - kept);
    CHECK(forgotten.front() == "2:ann:user0");
    append(store, session_id::room("lobby"));
    CHECK(forgotten.back().starts_with("2:ann:"));
}

TEST_CASE("stores share their limits: each may take them whole, and the oldest of all goes") {
    const auto together = std::make_shared<gim::storage::shared_limits>(2, [](std::size_t) {});
    gim::storage::memory_store_options options;
    options.most = {.history_bytes = 0, .rooms = 2, .users = 2, .requests = 2};
    options.together = together;
    together->set(options.most);
    options.worker = 0;
    memory_store one(options);
    options.worker = 1;
    memory_store other(options);

    for (const auto* id : {"ann", "bob"}) {
        run_ok(one.put_user({id, id}));
        one.on_online(id);
        CHECK(run_ok(one.add_member(id, "ann")));
        CHECK(send(one, id));
    }
    CHECK(run(other.put_user({"cat", "cat"})).has_error());
    CHECK(run(other.add_member("cat", "ann")).has_error());
    CHECK(send(other, "cat"));
    CHECK(one.evict() == 1);
    CHECK(one.sizes().requests == 1);

    one.on_offline("ann");
    CHECK(run_ok(one.remove_member("ann", "ann")));
    run_ok(other.put_user({"cat", "cat"}));
    CHECK(run_ok(other.add_member("cat", "ann")));
    CHECK(one.evict() == 2);  // the user and the room
    CHECK(one.sizes().users == 1);
    CHECK(one.sizes().rooms == 1);
    CHECK(other.sizes().users == 1);
    CHECK(one.evict() == 0);
}

TEST_CASE("a user's list keeps the newest private sessions") {
    memory_store store({.most = {.private_sessions_of_user = 2}});
    const auto with = [](const char* other) { return session_id::between("ann", other); };
    run_ok(store.touch_private_session("ann", with("bob"), {"m", 1, 1}));
    run_ok(store.touch_private_session("ann", with("carl"), {"m", 2, 2}));
    run_ok(store.touch_private_session("ann", with("bob"), {"m", 3, 3}));
    run_ok(store.touch_private_session("ann", with("dora"), {"m", 4, 4}));
    const auto listed = run_ok(store.private_sessions("ann", std::nullopt, 10));
    REQUIRE(listed.size() == 2);
    CHECK(listed[0].session == with("dora"));
    CHECK(listed[1].session == with("bob"));
}

TEST_CASE("the requests that are remembered are the newest, and it counts what made way for them") {
    gim::stats::counters count;
    memory_store store({.most = {.requests = 2}, .count = &count});
    CHECK(send(store, "a"));
    CHECK(send(store, "b"));
    CHECK_FALSE(send(store, "a"));
    CHECK(count.count(event::request_forgotten) == 0);
    CHECK(send(store, "c"));
    CHECK(count.count(event::request_forgotten) == 1);
    CHECK_FALSE(send(store, "b"));
    CHECK(send(store, "a"));

    store.set_limits({.requests = 3});
    CHECK(send(store, "d"));
    CHECK_FALSE(send(store, "c"));
    store.set_limits({.requests = 0});
    CHECK(send(store, "e"));
    CHECK(send(store, "e"));
}

TEST_CASE("it tells how much it holds") {
    memory_store store({.most = {.history = 2}});
    CHECK(store.sizes().messages == 0);
    CHECK(store.sizes().users == 0);
    const auto lobby = session_id::room("lobby");
    const gim::model::user ann{"ann", "Ann"};
    const gim::model::user bob{"bob", "Bob"};
    const gim::model::user renamed{"ann", "Anna"};
    for (const auto* const user : {&ann, &bob, &renamed}) {
        run_ok(store.put_user(*user));
    }
    run_ok(store.create_room("empty"));
    run_ok(store.add_member("lobby", "ann"));
    for (int i = 0; i < 3; ++i) {
        append(store, lobby);
    }
    append(store, session_id::between("ann", "bob"));
    auto now = store.sizes();
    CHECK(now.users == 2);
    CHECK(now.rooms == 2);
    CHECK(now.sessions == 2);
    CHECK(now.messages == 3);  // of three in the lobby, two are kept
    CHECK(now.message_bytes > 0);
    run_ok(store.remove_room("lobby"));
    now = store.sizes();
    CHECK(now.rooms == 1);
    CHECK(now.sessions == 1);
    CHECK(now.messages == 1);
}
