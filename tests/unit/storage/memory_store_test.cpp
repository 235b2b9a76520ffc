#include "storage/memory_store.hpp"

#include "support/run.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>

using gim::protocol::session_id;
using gim::storage::memory_store;
using gim::storage::memory_store_options;
using gim::storage::random_epoch;
using gim::test::run_ok;

// What any store does is in tests/conformance; here is what is the memory store's own.

namespace {

gim::protocol::history_reply history_of(memory_store& store, const session_id& session) {
    const gim::protocol::history_query query;
    return run_ok(store.history(session, query));
}

gim::protocol::message_ptr append(memory_store& store, const session_id& session) {
    gim::storage::message_draft draft{{"ann", "Ann"}, "text", "hello"};
    return run_ok(store.append(session, std::move(draft), 1000));
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
    memory_store named({.epoch = "e1"});
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
    gim::protocol::history_query from_the_start;
    from_the_start.after = 0;
    from_the_start.limit = 2000;
    const auto page = run_ok(store.history(room, from_the_start));
    CHECK(page.items.size() == 1000);
    CHECK(page.items.front()->sequence == 2);
    CHECK(page.top_sequence == 1001);
}

TEST_CASE("with a history of 0 messages are numbered and forgotten") {
    const session_id room = session_id::room("lobby");
    memory_store store({.history = 0});
    CHECK(append(store, room)->sequence == 1);
    CHECK(append(store, room)->sequence == 2);
    CHECK(history_of(store, room).items.empty());
    CHECK(history_of(store, room).top_sequence == 2);
    CHECK(run_ok(store.last_message(room)) == nullptr);
}

TEST_CASE("the ids of two workers differ in the same millisecond") {
    const session_id room = session_id::room("lobby");
    memory_store first({.worker = 0});
    memory_store second({.worker = 1});
    CHECK(append(first, room)->id != append(second, room)->id);
}
