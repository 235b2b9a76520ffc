#include "storage/memory/memory_store.hpp"
#include "support/run.hpp"
#include "support/snapshot_bytes.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

namespace snapshot = gim::storage::snapshot;
using gim::model::history_query;
using gim::model::session_id;
using gim::storage::memory_limits;
using gim::storage::memory_store;
using gim::storage::snapshot_writer;
using gim::test::run_ok;
using gim::test::snapshot_bytes;
using gim::test::source_of;

// One store's memory, read by another one with other limits.

namespace {

std::unique_ptr<memory_store> make_store(memory_limits most = {.history_bytes = 0}) {
    gim::storage::memory_store_options options;
    options.most = most;
    options.epoch = "e";
    return std::make_unique<memory_store>(std::move(options));
}

std::string saved(const memory_store& store) {
    return snapshot_bytes([&](snapshot_writer& to) {
        to.add(snapshot::beginning{"e", 1});
        store.save_rooms(to);
        store.save_rest(to);
    });
}

void settle(memory_store& store) {
    store.settle();
    while (store.evict() != 0) {
    }
}

std::unique_ptr<memory_store> restored(const std::string& bytes, memory_limits most = {}) {
    auto store = make_store(most);
    const auto read =
        gim::storage::read_snapshot(source_of(bytes), [&](const auto& r) { store->restore(r); });
    CHECK(read.has_value());
    settle(*store);
    return store;
}

void send(memory_store& to, const std::string& room, std::int64_t now_ms, std::size_t bytes = 10) {
    gim::storage::message_draft draft{{"ann", "Ann"}, "text", std::string(bytes, 'x')};
    run_ok(to.append(session_id::room(room), draft, now_ms));
}

std::vector<std::uint64_t> sequences(memory_store& of, const std::string& room) {
    history_query query;
    query.after = 0;
    query.limit = 1000;
    std::vector<std::uint64_t> found;
    for (const auto& m : run_ok(of.history(session_id::room(room), query)).items) {
        found.push_back(m->sequence);
    }
    return found;
}

std::uint64_t top(memory_store& of, const std::string& room) {
    return run_ok(of.history(session_id::room(room), {})).top_sequence;
}

using numbers = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("a store that was restored is as the one that was saved, and counts the same") {
    auto store = make_store({.history = 3, .history_bytes = 0});
    run_ok(store->put_user({"ann", "Ann"}));
    run_ok(store->add_member("den", "ann"));
    run_ok(store->add_member("den", "bob"));
    run_ok(store->add_room_of("ann", "den", 77));
    run_ok(store->create_room("made"));
    run_ok(store->add_member("left", "bob"));
    run_ok(store->remove_member("left", "bob"));
    const auto both = session_id::between("ann", "bob");
    run_ok(store->touch_private_session("ann", both, {"m", 1, 88}));
    for (int i = 0; i < 5; ++i) {
        send(*store, "den", 1000 + i);
    }
    const auto last = run_ok(store->last_message(session_id::room("den")));

    auto again = restored(saved(*store));
    const auto before = store->sizes();
    const auto after = again->sizes();
    CHECK(after.messages == before.messages);
    CHECK(after.message_bytes == before.message_bytes);
    CHECK(after.sessions == before.sessions);
    CHECK(after.rooms == before.rooms);
    CHECK(after.users == before.users);
    CHECK(run_ok(again->find_user("ann"))->name == "Ann");
    CHECK(run_ok(again->members("den", "", 10)).ids == std::vector<std::string>{"ann", "bob"});
    CHECK(run_ok(again->rooms_of("ann")).at(0).second == 77);
    CHECK(run_ok(again->private_sessions("ann", {}, 10)).at(0).updated_at == 88);
    CHECK(sequences(*again, "den") == numbers{3, 4, 5});
    const auto same = run_ok(again->last_message(session_id::room("den")));
    CHECK(same->id == last->id);
    CHECK(same->content == last->content);
    CHECK(same->sender == last->sender);
    CHECK(same->created_at == last->created_at);
    CHECK(saved(*again) == saved(*store));

    // Both go on in the same way, and no id comes twice, though it is the same millisecond.
    send(*again, "den", 1000);
    const auto next = run_ok(again->last_message(session_id::room("den")));
    CHECK(next->sequence == 6);
    CHECK(next->created_at == 1004);
    CHECK(next->id > last->id);
}

TEST_CASE("new sessions begin behind those that were forgotten before the snapshot") {
    auto store = make_store();
    run_ok(store->create_room("a"));
    for (int i = 0; i < 4; ++i) {
        send(*store, "a", 1000 + i);
    }
    run_ok(store->remove_room("a"));
    auto again = restored(saved(*store));
    run_ok(again->create_room("b"));
    send(*again, "b", 1);
    CHECK(sequences(*again, "b") == numbers{5});
}

TEST_CASE("shorter histories keep their newest messages") {
    auto store = make_store();
    run_ok(store->create_room("a"));
    for (int i = 0; i < 5; ++i) {
        send(*store, "a", 1000);
    }
    CHECK(sequences(*restored(saved(*store), {.history = 2}), "a") == numbers{4, 5});
}

TEST_CASE("however much there was, what is kept when all was read is no more than may be") {
    auto store = make_store({.history = 10'000, .history_bytes = 0});
    run_ok(store->create_room("a"));
    run_ok(store->create_room("b"));
    for (int i = 0; i < 5000; ++i) {
        send(*store, i % 2 == 0 ? "a" : "b", 1000 + i);
    }
    const auto few = store->sizes().message_bytes / 50;
    auto again = restored(saved(*store), {.history = 10'000, .history_bytes = few});
    CHECK(again->sizes().message_bytes <= few);
    CHECK(again->sizes().messages > 0);
}

TEST_CASE("with less memory those that were silent the longest lose theirs") {
    auto store = make_store();
    for (const auto* room : {"a", "b", "c"}) {
        run_ok(store->create_room(room));
    }
    const std::size_t much = 1000;
    send(*store, "a", 1000, much);
    send(*store, "b", 1001, much);
    send(*store, "c", 1002, much);
    send(*store, "a", 1003, much);
    const auto all = store->sizes().message_bytes;
    auto again = restored(saved(*store), {.history_bytes = all - 1});
    CHECK(sequences(*again, "b").empty());
    CHECK(sequences(*again, "a") == numbers{1, 2});
    CHECK(sequences(*again, "c") == numbers{1});
    CHECK(again->sizes().message_bytes < all);
    CHECK(top(*again, "b") == 1);  // what is forgotten is not begun anew
    // And so it is when much more comes than may be kept.
    auto least = restored(saved(*store), {.history_bytes = 1});
    CHECK(least->sizes().messages == 1);
    CHECK(sequences(*least, "a") == numbers{2});
}

TEST_CASE("a snapshot much larger than what may be kept is never in memory as a whole") {
    auto store = make_store();
    const std::size_t much = 32 * 1024;
    constexpr int sessions = 1200;
    for (int i = 0; i < sessions; ++i) {
        const auto room = "r" + std::to_string(i);
        run_ok(store->create_room(room));
        send(*store, room, 1000 + i, much);
    }
    auto again = make_store({.history_bytes = much});
    std::uint64_t most = 0;
    const auto bytes = saved(*store);
    const auto read = gim::storage::read_snapshot(source_of(bytes), [&](const auto& r) {
        again->restore(r);
        most = std::max(most, again->sizes().message_bytes);
    });
    settle(*again);
    CHECK(read.has_value());
    CHECK(most < store->sizes().message_bytes * 3 / 4);
    CHECK(sequences(*again, "r1199") == numbers{1});
    CHECK(again->sizes().messages == 1);
}

TEST_CASE(
    "of the rooms that fit, those with members come first, and messages of the others are gone"
) {
    auto store = make_store();
    for (const auto* room : {"a", "b", "c", "d"}) {
        run_ok(store->add_member(room, "ann"));
        send(*store, room, 1000);
    }
    run_ok(store->remove_member("b", "ann"));
    run_ok(store->remove_member("a", "ann"));
    auto three = restored(saved(*store), {.rooms = 3});
    CHECK(three->sizes().rooms == 3);
    CHECK(run_ok(three->find_room("b")).has_value());  // it was left before
    CHECK(!run_ok(three->find_room("a")).has_value());
    auto one = restored(saved(*store), {.rooms = 1});
    CHECK(one->sizes().rooms == 1);
    CHECK(one->sizes().messages == 1);
    CHECK(one->has_member("c", "ann"));
    CHECK(!one->has_member("d", "ann"));
    // Another room takes the place of one that was left, as ever.
    CHECK(run_ok(three->add_member("e", "ann")));
    CHECK(!run_ok(three->find_room("b")).has_value());
}

TEST_CASE("users and their private sessions are as many as may be") {
    auto store = make_store();
    for (const auto* user : {"a", "b", "c"}) {
        run_ok(store->put_user({user, user}));
        run_ok(store->touch_private_session("me", session_id::between("me", user), {"m", 1, *user})
        );
    }
    auto fewer = restored(saved(*store), {.users = 2, .private_sessions_of_user = 1});
    CHECK(fewer->sizes().users == 2);
    const auto list = run_ok(fewer->private_sessions("me", {}, 10));
    REQUIRE(list.size() == 1);
    CHECK(list[0].session.text() == "2:c:me");
}

TEST_CASE("a private session without a message, as older versions saved them, leaves all lists") {
    auto store = make_store();
    const auto kept = session_id::between("ann", "bob");
    run_ok(store->put_user({"ann", "Ann"}));
    run_ok(store->put_user({"cat", "Cat"}));
    run_ok(store->append(kept, {{"ann", "Ann"}, "text", "hello"}, 1000));
    for (const auto& session : {kept, session_id::between("ann", "cat")}) {
        run_ok(store->touch_private_session("ann", session, {"m", 1, 1000}));
    }
    run_ok(store->touch_private_session("cat", session_id::between("ann", "cat"), {"m", 1, 1000}));
    auto again = restored(saved(*store));
    again->keep_listed([&](const session_id& session) { return again->has_messages(session); });
    const auto list = run_ok(again->private_sessions("ann", {}, 10));
    REQUIRE(list.size() == 1);
    CHECK(list[0].session == kept);
    CHECK(run_ok(again->private_sessions("cat", {}, 10)).empty());
    CHECK(again->sizes().users_idle == 1);  // cat
}

TEST_CASE("a user for whom there is no space is not listed either") {
    auto store = make_store();
    for (const auto* user : {"ann", "bob"}) {
        run_ok(store->put_user({user, user}));
        run_ok(store->add_member("den", user));
        run_ok(store->add_room_of(user, "den", 1));
    }
    auto fewer = restored(saved(*store), {.users = 1});
    CHECK(fewer->sizes().users == 1);
    const auto listed =
        run_ok(fewer->rooms_of("ann")).size() + run_ok(fewer->rooms_of("bob")).size();
    CHECK(listed == 1);
}

TEST_CASE("a session that is there twice is taken once") {
    const auto bytes = snapshot_bytes([](snapshot_writer& to) {
        to.add(snapshot::beginning{"e", 1});
        to.add(snapshot::room{"den", snapshot::occupancy::kept});
        for (int i = 0; i < 2; ++i) {
            to.add(snapshot::session{"1:den", 3, 20});
            to.add(snapshot::message{3, 20, 0, "a", "ann", "Ann", "text", "hello"});
        }
    });
    CHECK(sequences(*restored(bytes), "den") == numbers{3});
}

TEST_CASE("a request is known to the next store, too, and what it was is no message again") {
    const auto den = session_id::room("den");
    const gim::storage::message_draft draft{{"ann", "Ann"}, "text", "hello", {{"r", 7}}};
    auto store = make_store();
    run_ok(store->create_room("den"));
    const auto first = run_ok(store->append(den, draft, 1000));
    auto again = restored(saved(*store));
    const auto copy = run_ok(again->append(den, draft, 2000));
    CHECK(copy.message == nullptr);
    CHECK(copy.answer.id == first.answer.id);
    CHECK(copy.answer.sequence == 1);
    CHECK(copy.answer.created_at == 1000);
    CHECK(again->sizes().messages == 1);
    auto forgetful = restored(saved(*store), {.requests = 0});
    CHECK(run_ok(forgetful->append(den, draft, 2000)).message->sequence == 2);
}
