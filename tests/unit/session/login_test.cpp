#include "unit/session/running_server.hpp"

#include <doctest/doctest.h>

using namespace gim::test;
using gim::model::user;

TEST_CASE("a login gives a token for the user, and the server's time") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& d = s.connect();
        const auto welcome = s.login(d, {"ann", "Ann"});
        REQUIRE(welcome);
        CHECK(welcome->user == user{"ann", "Ann"});
        CHECK(welcome->server_time == s.clock_ms);
        REQUIRE(welcome->token);
        const auto who = s.tokens.verify(*welcome->token, s.clock_ms);
        REQUIRE(who);
        CHECK(who->id() == "ann");
        CHECK(who->name == "Ann");
    }
}

TEST_CASE("a user without a name is called by the id, and keeps a name once given") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        CHECK(s.login(s.connect(), {"ann", {}})->user.name == "ann");
        CHECK(s.login(s.connect(), {"ann", "Ann"})->user.name == "Ann");
        CHECK(s.login(s.connect(), {"ann", {}})->user.name == "Ann");
    }
}

TEST_CASE("renewing gives a new token and, if given, a new name, and is no second device") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& d = s.log_in("ann");
        auto& bob = s.log_in("bob");
        s.clock_ms += 5000;
        const gim::auth::identity again{"ann", "Annie"};
        const auto renewed = s.ask(d, [&] { return s.services.logins.renew(again, d.ref); });
        REQUIRE(renewed);
        CHECK(renewed->user.name == "Annie");
        CHECK(renewed->server_time == s.clock_ms);
        REQUIRE(renewed->token);
        CHECK(s.tokens.verify(*renewed->token, s.clock_ms));
        CHECK(s.find_user(bob, "ann")->name == "Annie");
        REQUIRE(s.send_to_user(bob, "ann", "hi"));
        CHECK(d.take_at_least(1).size() == 1);
        s.settle();
        CHECK(d.take().empty());
    }
}

TEST_CASE("a user is online while a device is logged in") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& watcher = s.log_in("watcher");
        CHECK(code_of(s.find_user(watcher, "ann")) == 404);
        auto& phone = s.log_in("ann");
        auto& laptop = s.log_in("ann");
        CHECK(s.find_user(watcher, "ann")->online);
        s.logout(phone);
        CHECK(s.find_user(watcher, "ann")->online);
        s.logout(laptop);
        const auto gone = s.find_user(watcher, "ann");
        REQUIRE(gone);
        CHECK_FALSE(gone->online);
    }
}

TEST_CASE("after logout a connection is pushed nothing, and may log in as somebody else") {
    for (const auto workers : worker_counts) {
        running_server s(workers);
        auto& bob = s.log_in("bob");
        auto& d = s.log_in("ann");
        REQUIRE(s.join(d, "lobby"));
        REQUIRE(s.join(bob, "lobby"));
        s.logout(d);
        REQUIRE(s.send_to_user(bob, "ann", "private"));
        REQUIRE(s.send_to_room(bob, "lobby", "room"));
        s.settle();
        CHECK(d.take().empty());
        REQUIRE(s.login(d, {"carl", {}}));
        REQUIRE(s.send_to_user(bob, "ann", "private"));
        REQUIRE(s.send_to_room(bob, "lobby", "room"));
        REQUIRE(s.send_to_user(bob, "carl", "yours"));
        const auto got = d.take_at_least(1);
        s.settle();
        CHECK(d.take().empty());
        REQUIRE(got.size() == 1);
        CHECK(got[0].contents == std::vector<std::string>{"yours"});
    }
}

TEST_CASE("every service answers on the worker on which it was asked") {
    running_server s(3);
    auto& d = s.log_in("ann");
    const auto who = d.caller();
    bool all_here = true;
    const auto check = [&] { all_here = all_here && d.home.is_current(); };
    run_on(d.home, [&]() -> boost::asio::awaitable<void> {
        for (int i = 0; i < 20; ++i) {
            const auto id = std::string("x") + std::to_string(i);
            const gim::model::join_request join{id};
            auto joined = co_await s.services.rooms.join(who, join);
            check();
            const gim::model::send_request send{gim::model::session_type::room, id, "text", "hi"};
            auto sent = co_await s.services.sends.send(who, send);
            check();
            const gim::model::history_request history{gim::model::session_id::room(id), {}};
            auto page = co_await s.services.histories.history(who, history);
            check();
            const gim::model::members_request members{id, {}, 50};
            auto inside = co_await s.services.rooms.members(who, members);
            check();
            const gim::model::sessions_request sessions;
            auto mine = co_await s.services.sessions.sessions(who, sessions);
            check();
            auto other = co_await s.services.users.find(id);
            check();
            auto room = co_await s.services.rooms.find(id);
            check();
            auto rooms = co_await s.services.rooms.list("", 5);
            check();
            const gim::model::leave_request leave{id};
            auto left = co_await s.services.rooms.leave(who, leave);
            check();
        }
        co_await s.services.logins.logout(d.user, d.ref);
        check();
    });
    CHECK(all_here);
}
