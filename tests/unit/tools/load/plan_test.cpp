#include "tools/load/plan.hpp"

#include <doctest/doctest.h>

#include <set>
#include <stdexcept>

using namespace gim::load;
using namespace gim::client;

namespace {

load_options options(scenario s) {
    return defaults_of(s);
}

std::size_t count_senders(const plan& p, const std::string& room) {
    std::size_t n = 0;
    for (const participant& each : p.participants) {
        n += each.sender && each.who.room == room ? 1 : 0;
    }
    return n;
}

}  // namespace

TEST_CASE("a fan-out is one room of members, one of whom sends and hears himself") {
    const plan p = make_plan(options(scenario::fanout), hearing::own_messages, "-x");
    REQUIRE(p.channels.size() == 1);
    CHECK(p.channels[0].senders == 1);
    CHECK(p.channels[0].receivers == 1000);
    CHECK(p.participants.size() == 1000);
    CHECK(p.participants[0].sender == 0);
    CHECK(p.participants[0].receiver == 0);
    CHECK(p.participants[0].who.room == "r0-x");
    CHECK(p.destinations[0].room == "r0-x");
}

TEST_CASE("where nobody hears himself, the senders are no members") {
    const plan p = make_plan(options(scenario::fanout), hearing::only_others, "");
    CHECK(p.channels[0].receivers == 1000);
    REQUIRE(p.participants.size() == 1001);
    CHECK(p.participants[1000].sender == 0);
    CHECK_FALSE(p.participants[1000].receiver);
    CHECK(p.participant_of_sender[0] == 1000);
}

TEST_CASE("every participant is a user of its own") {
    const plan p = make_plan(options(scenario::rooms), hearing::own_messages, "");
    std::set<std::size_t> users;
    for (const participant& each : p.participants) {
        users.insert(each.who.user);
    }
    CHECK(users.size() == p.participants.size());
    CHECK(p.participants.size() == 5000);
}

TEST_CASE("publishers are one a room, or shared out evenly") {
    load_options o = options(scenario::rooms);
    o.rooms = 3;
    plan p = make_plan(o, hearing::own_messages, "");
    CHECK(count_senders(p, "r0") == 1);
    CHECK(count_senders(p, "r2") == 1);
    o.publishers = 5;
    p = make_plan(o, hearing::own_messages, "");
    CHECK(count_senders(p, "r0") == 2);
    CHECK(count_senders(p, "r1") == 2);
    CHECK(count_senders(p, "r2") == 1);
    CHECK(p.destinations.size() == 5);
}

TEST_CASE("senders and receivers are numbered in the order of their channels") {
    load_options o = options(scenario::rooms);
    o.rooms = 4;
    o.members = 3;
    o.publishers = 8;
    const plan p = make_plan(o, hearing::own_messages, "");
    const delivery_check check(p.channels);
    for (const participant& each : p.participants) {
        REQUIRE(each.receiver);
        CHECK("r" + std::to_string(check.channel_of_receiver(*each.receiver)) == each.who.room);
        if (each.sender) {
            CHECK("r" + std::to_string(check.channel_of_sender(*each.sender)) == each.who.room);
            CHECK(&p.participants[p.participant_of_sender[*each.sender]] == &each);
        }
    }
}

TEST_CASE("of a pair the first sends to the second, or both to each other") {
    load_options o = options(scenario::pairs);
    o.pairs = 3;
    const plan one = make_plan(o, hearing::own_messages, "");
    CHECK(one.channels.size() == 3);
    CHECK(one.destinations.size() == 3);
    CHECK(one.participants[2].sender == 1);
    CHECK(one.destinations[1].user == 3);
    CHECK(one.participants[3].receiver == 1);
    CHECK_FALSE(one.participants[3].sender);

    o.direction = ways::both;
    const plan both = make_plan(o, hearing::own_messages, "");
    CHECK(both.channels.size() == 6);
    CHECK(both.participants.size() == 6);
    CHECK(both.destinations[3].user == 2);
    CHECK(both.participants[2].receiver == 3);
}

TEST_CASE("slow members belong to the room, but nothing is expected of them") {
    const plan p = make_plan(options(scenario::slow), hearing::own_messages, "");
    CHECK(p.channels[0].receivers == 200);
    CHECK(p.participants.size() == 210);
    std::size_t slow = 0;
    for (const participant& each : p.participants) {
        slow += each.stops_reading ? 1 : 0;
        CHECK(each.stops_reading == !each.receiver);
    }
    CHECK(slow == 10);
}

TEST_CASE("more senders than a marker tells apart are refused") {
    load_options o = options(scenario::pairs);
    o.pairs = 65'536;
    CHECK_THROWS_AS(make_plan(o, hearing::own_messages, ""), std::runtime_error);
}
