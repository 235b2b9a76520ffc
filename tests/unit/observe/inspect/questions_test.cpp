#include "observe/inspect/questions.hpp"

#include "support/show_result.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace gim;

namespace {

using parameters = std::vector<std::pair<std::string, std::string>>;

std::string refusal_of_connections(const parameters& p) {
    const auto asked = inspect::connections_from_query(p);
    return asked ? "taken" : asked.error().message;
}

std::string refusal_of_rooms(const parameters& p) {
    const auto asked = inspect::rooms_from_query(p);
    return asked ? "taken" : asked.error().message;
}

}  // namespace

TEST_CASE("who names nothing gets the 20 largest outboxes, or the 20 busiest rooms") {
    const auto connections = inspect::connections_from_query(parameters());
    REQUIRE(connections);
    CHECK(connections->by->name == "outbox");
    CHECK(connections->limit == 20);
    CHECK_FALSE(connections->user);
    const auto rooms = inspect::rooms_from_query(parameters());
    REQUIRE(rooms);
    CHECK(rooms->by->name == "rate");
    CHECK(rooms->limit == 20);
}

TEST_CASE("every order can be asked for by its name") {
    for (const auto& o : inspect::connection_orders) {
        const auto asked =
            inspect::connections_from_query(parameters{{"sort", std::string(o.name)}});
        REQUIRE(asked);
        CHECK(asked->by == &o);
    }
    for (const auto& o : inspect::room_orders) {
        const auto asked = inspect::rooms_from_query(parameters{{"sort", std::string(o.name)}});
        REQUIRE(asked);
        CHECK(asked->by == &o);
    }
    const auto asked = inspect::connections_from_query(parameters{
        {"user", "1001"}, {"limit", "1000"}, {"sort", "idle"}});
    REQUIRE(asked);
    CHECK(asked->user == "1001");
    CHECK(asked->limit == 1000);
}

TEST_CASE("what cannot be is refused, and it is said what can") {
    CHECK(
        refusal_of_connections({{"sort", "x"}}) ==
        "sort: must be one of outbox, age, skipped, idle, connected, requests, received, sent"
    );
    CHECK(
        refusal_of_rooms({{"sort", "x"}}) ==
        "sort: must be one of rate, members, messages, skipped, pending, id"
    );
    for (const auto* limit : {"0", "-1", "1001", "99999999999999999999"}) {
        CHECK(refusal_of_connections({{"limit", limit}}) == "limit: must be 1 to 1000");
        CHECK(refusal_of_rooms({{"limit", limit}}) == "limit: must be 1 to 1000");
    }
    CHECK(refusal_of_connections({{"limit", "x"}}) == "limit: must be an integer");
    CHECK(refusal_of_rooms({{"limit", "1"}, {"limit", "2"}}) == "limit: given twice");
    CHECK(refusal_of_connections({{"user", "not an id"}}).starts_with("user: "));
}

TEST_CASE("the largest come first, and of those with the same the one that was there first") {
    inspect::connection_figures small;
    small.id = 1;
    small.outbox_bytes = 10;
    auto large = small;
    large.id = 2;
    large.outbox_bytes = 20;
    auto as_large = large;
    as_large.id = 3;
    const auto before = inspect::connection_orders.front().comes_first;
    CHECK(before(large, small));
    CHECK_FALSE(before(small, large));
    CHECK(before(large, as_large));
    CHECK_FALSE(before(as_large, large));
    CHECK_FALSE(before(large, large));
}
