#include "unit/session/running_server.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace gim::test;
using gim::model::session_id;

TEST_CASE("joining creates the room, and joining twice is fine") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& ann = s.log_in("ann");
        auto& bob = s.log_in("bob");
        const auto first = s.join(ann, "lobby");
        REQUIRE(first);
        CHECK(first->session == session_id::room("lobby"));
        CHECK(first->title == "lobby");
        CHECK(first->members == 1);
        CHECK(s.join(ann, "lobby")->members == 1);
        CHECK(s.join(bob, "lobby")->members == 2);
        REQUIRE(s.send_to_room(bob, "lobby", "hi"));
        CHECK(ann.take_at_least(1).size() == 1);
        s.settle();
        CHECK(ann.take().empty());
    }
}

TEST_CASE("a room's message reaches all devices of all members, the sender's too") {
    for (const auto workers : worker_counts) {
        CAPTURE(workers);
        running_server s(workers);
        auto& ann1 = s.log_in("ann");
        auto& ann2 = s.log_in("ann");
        auto& bob = s.log_in("bob");
        auto& carl = s.log_in("carl");
        REQUIRE(s.join(ann1, "lobby"));
        REQUIRE(s.join(bob, "lobby"));
        REQUIRE(s.join(carl, "other"));
        const auto sent = s.send_to_room(bob, "lobby", "hi");
        REQUIRE(sent);
        CHECK(sent->session == session_id::room("lobby"));
        CHECK(sent->sequence == 1);
        for (auto* d : {&ann1, &ann2, &bob}) {
            const auto got = d->take_at_least(1);
            REQUIRE(got.size() == 1);
            CHECK(got[0].session == "1:lobby");
            CHECK(got[0].title == "lobby");
            CHECK(got[0].contents == std::vector<std::string>{"hi"});
        }
        s.settle();
        CHECK(carl.take().empty());
    }
}

TEST_CASE("a room has as many connections as its members have devices here") {
    for (const auto workers : worker_counts) {
        CAPTURE(workers);
        running_server s(workers);
        auto& ann1 = s.log_in("ann");
        auto& bob = s.log_in("bob");
        const auto connections = [&s](const device& d, std::string_view room) {
            return s.find_room(d, room)->connections;
        };
        REQUIRE(s.join(ann1, "lobby"));
        REQUIRE(s.join(bob, "lobby"));
        REQUIRE(s.join(bob, "other"));
        auto& ann2 = s.log_in("ann");
        for (auto* d : {&ann1, &ann2, &bob}) {
            CHECK(connections(*d, "lobby") == 3);
        }
        const auto all = s.ask(bob, [&] { return s.services.rooms.list("", 10); });
        REQUIRE(all->items.size() == 2);
        CHECK(all->items[0].connections == 3);
        CHECK(all->items[1].connections == 1);
        s.logout(ann1);
        s.settle();
        CHECK(connections(bob, "lobby") == 2);
        REQUIRE(s.leave(ann2, "lobby"));
        s.settle();
        CHECK(connections(bob, "lobby") == 1);
        CHECK(s.find_room(bob, "lobby")->members == 1);
        s.logout(bob);
        s.settle();
        CHECK(connections(bob, "lobby") == 0);
        CHECK(s.find_room(bob, "lobby")->members == 1);
    }
}

TEST_CASE("only members send: 403 for the others, 404 where there is no room") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& ann = s.log_in("ann");
        auto& bob = s.log_in("bob");
        REQUIRE(s.join(ann, "lobby"));
        const auto outside = s.send_to_room(bob, "lobby", "hi");
        CHECK(code_of(outside) == 403);
        CHECK(outside.error().message.starts_with("target_id:"));
        CHECK(code_of(s.send_to_room(bob, "nowhere", "hi")) == 404);
        CHECK(s.history(ann, {session_id::room("lobby"), {}})->top_sequence == 0);
        s.settle();
        CHECK(ann.take().empty());
    }
}

TEST_CASE("leaving ends it on all devices; without being in it 409, without a room 404") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& ann1 = s.log_in("ann");
        auto& ann2 = s.log_in("ann");
        auto& bob = s.log_in("bob");
        CHECK(code_of(s.leave(ann1, "lobby")) == 404);
        REQUIRE(s.join(bob, "lobby"));
        CHECK(code_of(s.leave(ann1, "lobby")) == 409);
        REQUIRE(s.join(ann1, "lobby"));
        REQUIRE(s.leave(ann2, "lobby"));
        CHECK(code_of(s.leave(ann1, "lobby")) == 409);
        REQUIRE(s.send_to_room(bob, "lobby", "gone?"));
        CHECK(bob.take_at_least(1).size() == 1);
        s.settle();
        CHECK(ann1.take().empty());
        CHECK(ann2.take().empty());
        CHECK(code_of(s.send_to_room(ann1, "lobby", "hi")) == 403);
        REQUIRE(s.join(ann2, "lobby"));
        REQUIRE(s.send_to_room(bob, "lobby", "back"));
        CHECK(ann1.take_at_least(1).size() == 1);
        CHECK(ann2.take_at_least(1).size() == 1);
    }
}

TEST_CASE("a user stays a member while away, and the next connection receives again") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& bob = s.log_in("bob");
        auto& ann = s.log_in("ann");
        for (const auto* room : {"a", "b", "c"}) {
            REQUIRE(s.join(ann, room));
            REQUIRE(s.join(bob, room));
        }
        s.logout(ann);
        CHECK(s.members(bob, {"a", {}, 50})->total == 2);
        auto& again = s.log_in("ann");
        std::set<std::string> heard;
        for (const auto* room : {"a", "b", "c"}) {
            REQUIRE(s.send_to_room(bob, room, "hi"));
        }
        for (const auto& p : again.take_at_least(3)) {
            heard.insert(p.title);
        }
        CHECK(heard == std::set<std::string>{"a", "b", "c"});
        CHECK(ann.take().empty());
    }
}

TEST_CASE("members come by id and page by page, with names and who is online") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        for (const auto* id : {"dora", "ann", "carl", "eve", "bob"}) {
            auto& d = s.connect();
            REQUIRE(s.login(d, {id, std::string("Name of ") + id}));
            REQUIRE(s.join(d, "lobby"));
            if (id != std::string("ann")) {
                s.logout(d);
            }
        }
        auto& ann = s.log_in("ann");
        std::vector<std::string> seen;
        std::optional<std::string> after;
        for (int page = 0; page < 3; ++page) {
            const auto got = s.members(ann, {"lobby", after, 2});
            REQUIRE(got);
            CHECK(got->total == 5);
            CHECK(got->next.has_value() == (page < 2));
            for (const auto& m : got->items) {
                seen.push_back(m.id);
                CHECK(m.name == std::string("Name of ") + m.id);
                CHECK(m.online == (m.id == "ann"));
            }
            CHECK(got->next.value_or(seen.back()) == seen.back());
            after = got->next;
        }
        CHECK(seen == std::vector<std::string>{"ann", "bob", "carl", "dora", "eve"});
        auto& outside = s.log_in("zoe");
        CHECK(code_of(s.members(outside, {"lobby", {}, 50})) == 403);
        CHECK(code_of(s.members(outside, {"nowhere", {}, 50})) == 404);
    }
}

TEST_CASE("rooms of all workers are listed together, by id and page by page") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& ann = s.log_in("ann");
        std::vector<std::string> all;
        for (int i = 10; i < 30; ++i) {
            all.push_back(std::string("room") + std::to_string(i));
            REQUIRE(s.join(ann, all.back()));
        }
        std::vector<std::string> seen;
        std::optional<std::string> next = "";
        while (next) {
            const std::string after = *next;
            const auto page = s.ask(ann, [&] { return s.services.rooms.list(after, 6); });
            REQUIRE(page);
            REQUIRE(page->items.size() <= 6);
            for (const auto& r : page->items) {
                seen.push_back(r.id);
                CHECK(r.members == 1);
                CHECK(r.session == session_id::room(r.id));
            }
            next = page->next;
        }
        CHECK(seen == all);
    }
}

TEST_CASE("a room can be found by its id, empty ones too") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& ann = s.log_in("ann");
        REQUIRE(s.join(ann, "lobby"));
        REQUIRE(s.leave(ann, "lobby"));
        const auto found = s.ask(ann, [&] { return s.services.rooms.find("lobby"); });
        REQUIRE(found);
        CHECK(found->members == 0);
        CHECK(code_of(s.ask(ann, [&] { return s.services.rooms.find("other"); })) == 404);
    }
}
