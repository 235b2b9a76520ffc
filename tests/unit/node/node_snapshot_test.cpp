#include "node/node_snapshot.hpp"

#include "support/snapshot_bytes.hpp"
#include "unit/session/running_server.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace gim;
using model::session_id;
using node::node_snapshot;
using test::device;
using test::running_server;

// What users did with one server, seen by them at the next one.

namespace {

node_snapshot memory_of(node::node& all) {
    std::vector<storage::memory_store*> stores;
    for (std::size_t w = 0; w < all.size(); ++w) {
        stores.push_back(dynamic_cast<storage::memory_store*>(all.at(w).store.get()));
    }
    return {all, std::move(stores)};
}

std::string saved(running_server& server) {
    const auto memory = memory_of(server.all);
    return test::snapshot_bytes([&](storage::snapshot_writer& to) {
        memory.begin(to);
        for (std::size_t w = 0; w < server.all.size(); ++w) {
            test::call_on(server.pool.at(w), [&] { memory.save_rooms(w, to); });
        }
        for (std::size_t w = 0; w < server.all.size(); ++w) {
            test::call_on(server.pool.at(w), [&] { memory.save_rest(w, to); });
        }
    });
}

// The next server, with so many workers.
struct next_server {
    next_server(const std::string& bytes, std::size_t workers)
        : running(workers, {}, 0, 8, {.sends_of_user = {}}, [&](node::node& all) {
              auto memory = memory_of(all);
              const auto read = storage::read_snapshot(test::source_of(bytes), [&](const auto& r) {
                  memory.restore(r);
              });
              CHECK(read.has_value());
              memory.settle();
              sizes = memory.sizes();
          }) {}

    storage::store_sizes sizes;
    running_server running;
};

std::vector<std::string> contents(running_server& s, const device& d, const session_id& session) {
    model::history_request r{session, {}};
    r.query.after = 0;
    r.query.limit = 200;
    std::vector<std::string> found;
    const auto page = s.history(d, r);
    CHECK(page.has_value());
    for (const auto& m : page->items) {
        found.push_back(m->content);
    }
    return found;
}

model::send_request named(const std::string& to, const std::string& content, const char* id) {
    return {model::session_type::room, to, "text", content, id};
}

}  // namespace

TEST_CASE("what users had is there again, whatever the number of workers was and is") {
    for (const std::size_t before : {1, 3}) {
        for (const std::size_t after : {1, 2, 5}) {
            CAPTURE(before);
            CAPTURE(after);
            std::string bytes;
            std::vector<model::send_reply> sent;
            {
                running_server old(before, {}, 0, 8, {.sends_of_user = {}});
                device& ann = old.connect();
                REQUIRE(old.login(ann, {"ann", "Ann"}));
                device& bob = old.log_in("bob");
                for (int i = 0; i < 20; ++i) {
                    const auto n = std::to_string(i);
                    REQUIRE(old.join(ann, "room" + n));
                    sent.push_back(*old.send(ann, named("room" + n, "hello " + n, "r")));
                    REQUIRE(old.log_in("user" + n).user.id == "user" + n);
                    REQUIRE(old.send_to_user(ann, "user" + n, "hi " + n));
                }
                REQUIRE(old.join(bob, "room0"));
                REQUIRE(old.leave(ann, "room19"));
                bytes = saved(old);
            }
            next_server next(bytes, after);
            running_server& now = next.running;
            CHECK(next.sizes.messages == 40);
            CHECK(next.sizes.rooms == 20);
            CHECK(next.sizes.users == 22);
            device& ann = now.connect();
            CHECK(now.login(ann, {"ann", {}})->user.name == "Ann");
            for (int i = 0; i < 19; ++i) {
                CAPTURE(i);
                const auto n = std::to_string(i);
                const auto room = session_id::room("room" + n);
                CHECK(contents(now, ann, room) == std::vector{"hello " + n});
                CHECK(
                    contents(now, ann, session_id::between("ann", "user" + n)) ==
                    std::vector{"hi " + n}
                );

                // A copy is answered as the first one was; what is new comes behind it.
                const auto& first = sent[static_cast<std::size_t>(i)];
                const auto copy = now.send(ann, named("room" + n, "hello " + n, "r"));
                REQUIRE(copy);
                CHECK(copy->id == first.id);
                CHECK(copy->sequence == first.sequence);
                CHECK(copy->created_at == first.created_at);
                CHECK(test::code_of(now.send(ann, named("room" + n, "other", "r"))) == 409);
                const auto another = now.send(ann, named("room" + n, "more", "r2"));
                REQUIRE(another);
                CHECK(another->sequence == first.sequence + 1);
                CHECK(another->id > first.id);
            }
            CHECK(test::code_of(now.send_to_room(ann, "room19", "gone")) == 403);
            CHECK(now.members(ann, {"room0", {}, 10})->total == 2);
            const auto sessions = now.sessions(ann, {{}, 100});
            REQUIRE(sessions);
            CHECK(sessions->items.size() == 39);
            // What is pushed to rooms reaches who was a member before.
            device& bob = now.log_in("bob");
            REQUIRE(now.send_to_room(ann, "room0", "news"));
            const auto packets = bob.take_when([](const auto& got) {
                return std::ranges::any_of(got, [](const auto& p) {
                    return std::ranges::count(p.contents, "news") > 0;
                });
            });
            CHECK(!packets.empty());
        }
    }
}

TEST_CASE("a snapshot of a snapshot holds the same") {
    running_server old(2);
    device& ann = old.log_in("ann");
    for (const auto* room : {"a", "b", "c"}) {
        REQUIRE(old.join(ann, room));
        REQUIRE(old.send(ann, named(room, "x", "r")));
    }
    const auto once = saved(old);
    next_server next(once, 3);
    const auto twice = saved(next.running);
    const auto first = storage::read_snapshot(test::source_of(once), [](const auto&) {});
    const auto second = storage::read_snapshot(test::source_of(twice), [](const auto&) {});
    REQUIRE(first.has_value());
    REQUIRE(second.has_value());
    namespace snapshot = storage::snapshot;
    CHECK(second->epoch == first->epoch);
    CHECK(second->totals.of<snapshot::message>() == 3);
    CHECK(second->totals.of<snapshot::request>() == 3);
    CHECK(second->totals.of<snapshot::member>() == 3);
    CHECK(second->totals.of<snapshot::joined>() == 3);
    CHECK(second->totals.of<snapshot::user>() == 1);
}

TEST_CASE("an empty memory is one, too") {
    running_server old(2);
    next_server next(saved(old), 1);
    CHECK(next.sizes.rooms == 0);
    device& ann = next.running.log_in("ann");
    CHECK(next.running.join(ann, "den").has_value());
}
