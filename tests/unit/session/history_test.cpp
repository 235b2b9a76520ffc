#include "unit/session/running_server.hpp"

#include <doctest/doctest.h>

using namespace gim::test;
using gim::model::history_request;
using gim::model::session_id;

TEST_CASE("a room's history is for its members") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& ann = s.log_in("ann");
        auto& bob = s.log_in("bob");
        REQUIRE(s.join(ann, "lobby"));
        REQUIRE(s.send_to_room(ann, "lobby", "before bob"));
        const history_request r{session_id::room("lobby"), {}};
        const auto refused = s.history(bob, r);
        CHECK(code_of(refused) == 403);
        CHECK(refused.error().message.starts_with("session_id:"));
        REQUIRE(s.join(bob, "lobby"));
        const auto page = s.history(bob, r);
        REQUIRE(page);
        REQUIRE(page->items.size() == 1);
        CHECK(page->items[0]->content == "before bob");
        CHECK(page->top_sequence == 1);
        CHECK(page->epoch == "e");
        REQUIRE(s.leave(bob, "lobby"));
        CHECK(code_of(s.history(bob, r)) == 403);
        CHECK(code_of(s.history(bob, {session_id::room("nowhere"), {}})) == 404);
    }
}

TEST_CASE("a private history is for the two parties") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& ann = s.log_in("ann");
        auto& bob = s.log_in("bob");
        auto& carl = s.log_in("carl");
        REQUIRE(s.send_to_user(ann, "bob", "secret"));
        const history_request r{session_id::between("ann", "bob"), {}};
        CHECK(s.history(ann, r)->items.size() == 1);
        CHECK(s.history(bob, r)->items.size() == 1);
        CHECK(code_of(s.history(carl, r)) == 403);
    }
}

TEST_CASE("history says who sent, as the sender was called then") {
    running_server s(1);
    auto& ann = s.log_in("ann");
    REQUIRE(s.join(ann, "lobby"));
    REQUIRE(s.send_to_room(ann, "lobby", "one"));
    REQUIRE(s.login(ann, {"ann", "Ann"}));
    REQUIRE(s.join(ann, "lobby"));
    REQUIRE(s.send_to_room(ann, "lobby", "two"));
    const auto page = s.history(ann, {session_id::room("lobby"), {}});
    REQUIRE(page->items.size() == 2);
    CHECK(page->items[0]->sender.name == "Ann");
    CHECK(page->items[1]->sender.name == "ann");
}
