#include "session/node_choice.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

using namespace gim::session;
using gim::storage::node_record;

namespace {

node_record node(const std::string& id, std::uint64_t connections = 0) {
    node_record n;
    n.id = id;
    n.address = "ws://" + id + ":8080";
    n.connections = connections;
    return n;
}

std::vector<node_record> nodes(int count) {
    std::vector<node_record> all;
    for (int i = 0; i < count; ++i) {
        all.push_back(node("node" + std::to_string(i)));
    }
    return all;
}

std::string user(int i) {
    return "user" + std::to_string(i);
}

}  // namespace

TEST_CASE("the ways to choose a node have names") {
    CHECK(parse_route_by("least") == route_by::least);
    CHECK(parse_route_by("random") == route_by::random);
    CHECK(parse_route_by("loop") == route_by::loop);
    CHECK(parse_route_by("hash") == route_by::hash);
    CHECK_FALSE(parse_route_by(""));
    CHECK_FALSE(parse_route_by("Least"));
}

TEST_CASE("hashing spreads users evenly") {
    const auto all = nodes(4);
    std::map<std::string, int> users;
    for (int i = 0; i < 4000; ++i) {
        ++users[choose_by_hash(user(i), all).id];
    }
    REQUIRE(users.size() == 4);
    for (const auto& [id, count] : users) {
        CAPTURE(id);
        CHECK(count > 800);
        CHECK(count < 1200);
    }
}

TEST_CASE("only the users of a node move when it goes, and only to it when it comes") {
    const auto all = nodes(5);
    auto fewer = all;
    fewer.erase(fewer.begin() + 2);
    int moved = 0;
    for (int i = 0; i < 2000; ++i) {
        const auto& before = choose_by_hash(user(i), all);
        const auto& after = choose_by_hash(user(i), fewer);
        if (before.id == "node2") {
            ++moved;
        } else {
            REQUIRE(after.id == before.id);
        }
    }
    CHECK(moved > 300);
    CHECK(moved < 500);
}

TEST_CASE("a user's node does not depend on the order, nor on ids that restarts change") {
    auto all = nodes(3);
    std::vector<node_record> turned(all.rbegin(), all.rend());
    for (auto& n : turned) {
        n.id += "-restarted";
    }
    for (int i = 0; i < 100; ++i) {
        CHECK(choose_by_hash(user(i), all).address == choose_by_hash(user(i), turned).address);
    }
}

TEST_CASE("the least loaded node is chosen, counting those that were sent there since") {
    const std::vector<node_record> all{node("a", 5), node("b", 2), node("c", 4)};
    least_loaded least;
    std::string chosen;
    for (int i = 0; i < 6; ++i) {
        chosen += least.choose(all, 1).id;
    }
    CHECK(chosen == "bbbcab");
    CHECK(least.choose(all, 2).id == "b");
}
