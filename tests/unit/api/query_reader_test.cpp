#include "api/query_reader.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace gim::api;

namespace {

using parameters = std::vector<std::pair<std::string, std::string>>;

std::string history_problem(const parameters& query) {
    const auto read = history_from_query("1:r", query);
    return read ? "none" : read.error().message;
}

}  // namespace

TEST_CASE("a history query is read from a URL") {
    const auto read = history_from_query(
        "2:b:a",
        parameters{
            {"before", "9"},
            {"after", "0"},
            {"from", "10"},
            {"to", "9007199254740991"},
            {"limit", "300"},
            {"token", "x"}}
    );
    REQUIRE(read.has_value());
    CHECK(read->session.text() == "2:a:b");
    CHECK(read->query.before == 9);
    CHECK(read->query.after == 0);
    CHECK(read->query.from == 10);
    CHECK(read->query.to == 9007199254740991);
    CHECK(read->query.limit == 300);
    const auto none = history_from_query("1:r", {});
    REQUIRE(none.has_value());
    CHECK_FALSE(none->query.before);
    CHECK(none->query.limit == gim::model::default_page);
}

TEST_CASE("what is wrong in a URL is named as in a frame") {
    for (const char* bad :
         {"x", "1x", " 1", "1.5", "1.", ".0", "1.0x", "1e3", "+1", "0x10", "--1"}) {
        CAPTURE(bad);
        CHECK(history_problem({{"limit", bad}}) == "limit: must be an integer");
        CHECK(history_problem({{"from", bad}}) == "from: must be an integer");
    }
    for (const char* bad : {"0", "301", "-1", "18446744073709551616", "-9223372036854775809"}) {
        CAPTURE(bad);
        CHECK(history_problem({{"limit", bad}}) == "limit: must be 1 to 300");
    }
    for (const char* bad : {"-1", "9007199254740992", "18446744073709551616"}) {
        CAPTURE(bad);
        for (const char* field : {"before", "after", "from", "to"}) {
            CHECK(
                history_problem({{field, bad}}) ==
                std::string(field) + ": must be 0 to 9007199254740991"
            );
        }
    }
    CHECK(history_problem({{"limit", "1"}, {"limit", "1"}}) == "limit: given twice");
    CHECK(history_problem({{"x", "1"}, {"x", "1"}}) == "none");
    CHECK(
        history_from_query("9999", {}).error().message ==
        "session_id: must be 1:<room> or 2:<user>:<user>"
    );
}

TEST_CASE("a parameter without a value counts as absent, and a whole number may have a point") {
    const parameters empty{{"after", ""}, {"limit", ""}};
    CHECK_FALSE(history_from_query("1:r", empty)->query.after);
    CHECK(history_from_query("1:r", empty)->query.limit == gim::model::default_page);
    CHECK_FALSE(sessions_from_query(empty)->after);
    CHECK(sessions_from_query(empty)->limit == gim::model::default_page);
    CHECK_FALSE(members_from_query("r", empty)->after);
    CHECK_FALSE(rooms_from_query(empty)->after);
    CHECK(history_problem({{"limit", ""}, {"limit", "1"}}) == "limit: given twice");
    CHECK(history_from_query("1:r", parameters{{"limit", "50.0"}})->query.limit == 50);
    CHECK(history_problem({{"limit", "301.00"}}) == "limit: must be 1 to 300");
}

TEST_CASE("lists take a place to continue and a limit") {
    const parameters page{{"after", "1:r"}, {"limit", "7"}};
    const auto sessions = sessions_from_query(page);
    REQUIRE(sessions.has_value());
    CHECK(std::get<gim::model::session_id>(*sessions->after) == gim::model::session_id::room("r"));
    CHECK(sessions->limit == 7);
    CHECK(
        members_from_query("r", page).error().message ==
        "after: must be 1 to 64 of A-Z a-z 0-9 _ - . @"
    );
    CHECK(
        rooms_from_query(page).error().message == "after: must be 1 to 64 of A-Z a-z 0-9 _ - . @"
    );
    const parameters by_id{{"after", "a"}, {"limit", "1"}};
    CHECK(
        sessions_from_query(by_id).error().message ==
        "after: must be next of the page before, 1:<room> or 2:<user>:<user>"
    );
    const auto members = members_from_query("r", by_id);
    REQUIRE(members.has_value());
    CHECK(members->room == "r");
    CHECK(members->after == "a");
    CHECK(members->limit == 1);
    const auto rooms = rooms_from_query(by_id);
    REQUIRE(rooms.has_value());
    CHECK(rooms->after == "a");
    CHECK(rooms->limit == 1);
    CHECK(rooms_from_query({})->limit == gim::model::default_page);
    CHECK(
        members_from_query("a b", {}).error().message ==
        "id: must be 1 to 64 of A-Z a-z 0-9 _ - . @"
    );
}
