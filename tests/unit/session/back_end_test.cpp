#include "unit/session/running_server.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace gim::test;
using gim::model::history_request;
using gim::model::session_id;
using gim::node::caller;
using gim::node::standing;

namespace {

// A back end's question, asked on the worker of that device.
caller back_end(const std::string& in_the_name_of) {
    return {{in_the_name_of, in_the_name_of}, std::nullopt, {}, standing::back_end};
}

auto send_as(running_server& s, const device& d, const caller& who, bool to_room, std::string to) {
    const gim::model::send_request r{
        to_room ? gim::model::session_type::room : gim::model::session_type::private_chat,
        std::move(to),
        "text",
        "from the back end"};
    return s.ask(d, [&] { return s.services.sends.send(who, r); });
}

}  // namespace

TEST_CASE("a back end sends to a room without being a member, but not to one that is not there") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& ann = s.log_in("ann");
        REQUIRE(s.join(ann, "lobby"));
        const auto who = back_end("system");
        CHECK(code_of(send_as(s, ann, {{"bob", "bob"}, {}}, true, "lobby")) == 403);
        REQUIRE(send_as(s, ann, who, true, "lobby"));
        CHECK(ann.take_at_least(1).front().contents.front() == "from the back end");
        CHECK(code_of(send_as(s, ann, who, true, "nowhere")) == 404);
    }
}

TEST_CASE("what the system sends to a user is a session of the user's, and of nobody else's") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& ann = s.log_in("ann");
        REQUIRE(send_as(s, ann, back_end("system"), false, "ann"));
        CHECK(ann.take_at_least(1).front().session == "2:ann:system");
        CHECK(s.sessions(ann, {})->items.size() == 1);
        const auto& home = s.all.home_of_user("system");
        const auto list =
            run_on(home.thread, [&] { return home.store->private_sessions("system", {}, 10); });
        CHECK(list->empty());
        CHECK(code_of(send_as(s, ann, back_end("system"), false, "nobody")) == 404);
    }
}

TEST_CASE("a back end reads what only members and parties may") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& ann = s.log_in("ann");
        s.log_in("bob");
        REQUIRE(s.join(ann, "lobby"));
        REQUIRE(s.send_to_room(ann, "lobby", "in the room"));
        REQUIRE(s.send_to_user(ann, "bob", "private"));
        const auto read = [&](const caller& who, const session_id& session) {
            const history_request r{session, {}};
            return s.ask(ann, [&] { return s.services.histories.history(who, r); });
        };
        const caller eve{{"eve", "eve"}, {}};
        for (const auto& session : {session_id::room("lobby"), session_id::between("ann", "bob")}) {
            CHECK(code_of(read(eve, session)) == 403);
            CHECK(read(back_end("system"), session)->items.size() == 1);
        }
        CHECK(code_of(read(back_end("system"), session_id::room("nowhere"))) == 404);
        const gim::model::members_request members{"lobby", {}, 10};
        const auto who = back_end("system");
        const auto listed = s.ask(ann, [&] { return s.services.rooms.members(who, members); });
        REQUIRE(listed);
        CHECK(listed->items.size() == 1);
    }
}

TEST_CASE("a room is created once, and is empty") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& ann = s.log_in("ann");
        const auto create = [&] {
            return s.ask(ann, [&] { return s.services.rooms.create("lobby"); });
        };
        CHECK(create()->members == 0);
        REQUIRE(s.join(ann, "lobby"));
        CHECK(create()->members == 1);
    }
}

TEST_CASE("members of a dismissed room are out, are pushed nothing more, and its history is gone") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& ann = s.log_in("ann");
        std::vector<device*> members{&ann};
        for (int i = 0; i < 7; ++i) {
            members.push_back(&s.log_in("u" + std::to_string(i)));
        }
        for (const auto* d : members) {
            REQUIRE(s.join(*d, "lobby"));
        }
        REQUIRE(s.join(ann, "other"));
        REQUIRE(s.send_to_room(ann, "lobby", "old"));
        for (auto* d : members) {
            d->take_at_least(1);
        }
        const auto dismissed = s.dismiss(ann, "lobby");
        REQUIRE(dismissed);
        CHECK(dismissed->members == members.size());
        CHECK(code_of(s.dismiss(ann, "lobby")) == 404);
        CHECK(code_of(s.send_to_room(ann, "lobby", "too late")) == 404);
        CHECK(code_of(s.history(ann, {session_id::room("lobby"), {}})) == 404);
        CHECK(s.sessions(ann, {})->items.size() == 1);  // the other room

        // It comes back as another room with the same name, and only for who joins it.
        REQUIRE(s.join(ann, "lobby"));
        const auto sent = s.send_to_room(ann, "lobby", "new");
        REQUIRE(sent);
        CHECK(sent->sequence == 2);
        CHECK(ann.take_at_least(1).front().contents.front() == "new");
        s.settle();
        for (std::size_t i = 1; i < members.size(); ++i) {
            CHECK(members[i]->take().empty());
        }
        const auto page = s.history(ann, {session_id::room("lobby"), {}});
        REQUIRE(page);
        CHECK(page->items.size() == 1);
    }
}

TEST_CASE("what waits in a dismissed room's batch is not pushed to those who join again") {
    running_server s(1, {gim::push::batch_mode::full, 100, std::chrono::hours(1)});
    auto& ann = s.log_in("ann");
    REQUIRE(s.join(ann, "lobby"));
    REQUIRE(s.send_to_room(ann, "lobby", "old"));
    REQUIRE(s.dismiss(ann, "lobby"));
    REQUIRE(s.join(ann, "lobby"));
    call_on(s.pool.at(0), [&] { s.all.at(0).rooms.flush_all(); });
    s.settle();
    CHECK(ann.take().empty());
}

TEST_CASE("whoever is a member in the end receives, however joins and dismissals meet") {
    running_server s(3);
    std::vector<device*> devices;
    for (int i = 0; i < 6; ++i) {
        devices.push_back(&s.log_in("u" + std::to_string(i)));
    }
    for (int round = 0; round < 30; ++round) {
        std::vector<std::future<gim::model::result<gim::model::join_reply>>> joins;
        const gim::model::join_request join{"lobby"};
        std::vector<caller> callers;
        for (const auto* d : devices) {
            callers.push_back(d->caller());
        }
        for (std::size_t i = 0; i < devices.size(); ++i) {
            joins.push_back(start_on(devices[i]->home, [&, i] {
                return s.services.rooms.join(callers[i], join);
            }));
        }
        auto dismissal =
            start_on(devices[0]->home, [&] { return s.services.rooms.dismiss("lobby"); });
        for (auto& j : joins) {
            REQUIRE(wait_for(std::move(j)));
        }
        wait_for(std::move(dismissal));  // 404 if it came first
        s.settle();
        const auto said = "round " + std::to_string(round);
        const auto sent = send_as(s, *devices[0], back_end("system"), true, "lobby");
        s.settle();
        for (auto* d : devices) {
            const gim::model::members_request all{"lobby", {}, 10};
            const auto inside = s.members(*d, all);
            // A member is one who reads the list, and was pushed what was sent.
            CHECK(d->take().size() == (inside && sent ? 1 : 0));
        }
    }
}

TEST_CASE("disconnecting says how many connections there were") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& bob = s.log_in("bob");
        s.log_in("ann");
        s.log_in("ann");
        const auto disconnect = [&] {
            return s.ask(bob, [&] { return s.services.users.disconnect("ann"); });
        };
        CHECK(disconnect()->connections == 2);
        CHECK(disconnect()->connections == 0);
        CHECK_FALSE(s.find_user(bob, "ann")->online);
    }
}
