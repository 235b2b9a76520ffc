#include "node/user_directory.hpp"

#include <doctest/doctest.h>

using gim::node::connection_ref;
using gim::node::user_directory;

TEST_CASE("a user is online from the first connection to the last") {
    user_directory users;
    CHECK_FALSE(users.is_online("ann"));
    users.connect("ann", {0, 1});
    users.connect("ann", {2, 2});
    users.connect("bob", {0, 3});
    CHECK(users.connections("ann").size() == 2);
    CHECK(users.size() == 2);
    users.disconnect("ann", 1);
    CHECK(users.is_online("ann"));
    CHECK(users.connections("ann").front().id == 2);
    users.disconnect("ann", 2);
    users.disconnect("ann", 2);
    CHECK_FALSE(users.is_online("ann"));
    CHECK(users.is_online("bob"));
    CHECK(users.size() == 1);
}

TEST_CASE("a connection counts once, and with what it said last") {
    user_directory users;
    users.connect("ann", {0, 1, gim::native::wire_form::json_text});
    users.connect("ann", {0, 1, gim::native::wire_form::protobuf});
    REQUIRE(users.connections("ann").size() == 1);
    CHECK(users.connections("ann").front().form == gim::native::wire_form::protobuf);
}

TEST_CASE("a connection that connects again keeps its place") {
    user_directory users;
    users.connect("ann", {0, 1});
    users.connect("ann", {0, 2});
    users.connect("ann", {0, 1, gim::native::wire_form::protobuf});
    REQUIRE(users.connections("ann").size() == 2);
    CHECK(users.connections("ann").front().id == 1);
}

TEST_CASE("disconnecting another user's connection changes nothing") {
    user_directory users;
    users.connect("ann", {0, 1});
    users.disconnect("bob", 1);
    CHECK(users.is_online("ann"));
}

TEST_CASE("taking a user's connections leaves the user offline and the others alone") {
    user_directory users;
    users.connect("ann", {0, 1});
    users.connect("ann", {1, 2});
    users.connect("bob", {0, 3});
    const auto taken = users.take("ann");
    REQUIRE(taken.size() == 2);
    CHECK(taken[0].id == 1);
    CHECK(taken[1].id == 2);
    CHECK_FALSE(users.is_online("ann"));
    CHECK(users.is_online("bob"));
    CHECK(users.take("ann").empty());
}
