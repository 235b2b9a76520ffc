#include "storage/memory/room_table.hpp"

#include "support/one_limit.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using gim::model::status;
using gim::storage::room_table;
using gim::test::one_limit;

// What rooms are in any store is in tests/conformance; here is what happens when there are too
// many.

namespace {

// True if it was allowed, and says so.
bool is_yes(const gim::model::result<bool>& answer) {
    return answer && *answer;
}

struct few_rooms {
    std::vector<std::string> forgotten;
    one_limit limit{2, 16};
    room_table rooms{limit.share(), [this](std::string_view id) { forgotten.emplace_back(id); }};

    void fill() {
        REQUIRE(is_yes(rooms.add_member("a", "ann")));
        REQUIRE(is_yes(rooms.add_member("b", "ann")));
    }
};

using ids = std::vector<std::string>;

}  // namespace

TEST_CASE("where somebody is in every room, there is no space for another") {
    few_rooms s;
    s.fill();
    const auto added = s.rooms.add_member("c", "ann");
    REQUIRE(added.has_error());
    CHECK(added.error().code == status::unavailable);
    CHECK(s.rooms.create("c").error().code == status::unavailable);
    CHECK_FALSE(s.rooms.find("c"));
    CHECK(is_yes(s.rooms.add_member("a", "bob")));
    CHECK_FALSE(*s.rooms.create("a"));
    CHECK(s.forgotten.empty());
}

TEST_CASE("a room that everybody has left makes way, the one that was left first") {
    few_rooms s;
    s.fill();
    CHECK(s.rooms.remove_member("b", "ann"));
    CHECK(s.rooms.remove_member("a", "ann"));
    CHECK(is_yes(s.rooms.add_member("c", "ann")));
    CHECK(s.forgotten == ids{"b"});
    CHECK_FALSE(s.rooms.find("b"));
    CHECK(is_yes(s.rooms.create("d")));
    CHECK(s.forgotten == ids{"b", "a"});
    CHECK(s.rooms.rooms("", 10).size() == 2);
}

TEST_CASE("a room that somebody has come back to does not make way") {
    few_rooms s;
    s.fill();
    CHECK(s.rooms.remove_member("a", "ann"));
    CHECK(is_yes(s.rooms.add_member("a", "bob")));
    CHECK(s.rooms.add_member("c", "ann").has_error());
    CHECK(s.rooms.remove_member("a", "bob"));
    CHECK(is_yes(s.rooms.add_member("c", "ann")));
    CHECK(s.forgotten == ids{"a"});
}

TEST_CASE("a room that was made and that nobody has joined yet does not make way") {
    few_rooms s;
    CHECK(is_yes(s.rooms.create("a")));
    CHECK(is_yes(s.rooms.create("b")));
    CHECK(s.rooms.add_member("c", "ann").has_error());
}

TEST_CASE("removing a room makes space") {
    few_rooms s;
    s.fill();
    CHECK(s.rooms.remove_member("a", "ann"));
    CHECK(s.rooms.remove("a"));
    CHECK(is_yes(s.rooms.add_member("c", "ann")));
    CHECK(s.forgotten.empty());
}

TEST_CASE("0 is no limit") {
    one_limit limit{0};
    room_table rooms(limit.share(), [](std::string_view) { FAIL("nothing makes way"); });
    for (int i = 0; i < 100; ++i) {
        CHECK(is_yes(rooms.create(std::to_string(i))));
    }
}

TEST_CASE("with a lower limit, rooms that everybody has left make way until it holds") {
    std::size_t forgotten = 0;
    one_limit limit{0, 16};
    room_table rooms(limit.share(), [&](std::string_view) { ++forgotten; });
    for (int i = 0; i < 40; ++i) {
        REQUIRE(is_yes(rooms.add_member(std::to_string(i), "ann")));
        REQUIRE(rooms.remove_member(std::to_string(i), "ann"));
    }
    limit.all.set(10);
    CHECK(rooms.size() == 40);
    REQUIRE(is_yes(rooms.add_member("a", "ann")));
    CHECK(rooms.size() == 25);  // not all at once
    REQUIRE(is_yes(rooms.add_member("b", "ann")));
    REQUIRE(is_yes(rooms.add_member("c", "ann")));
    CHECK(rooms.size() == 10);
    CHECK(forgotten == 33);
    CHECK(rooms.find("a"));
}
