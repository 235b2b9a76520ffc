#include "model/ids.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace gim::model;

TEST_CASE("an id is 1 to 64 of the allowed characters") {
    for (const char* good : {"1", "1001", "a.b-c_d@E", "..", "-"}) {
        CAPTURE(good);
        CHECK(is_valid_id(good));
    }
    CHECK(is_valid_id(std::string(64, 'x')));
    CHECK_FALSE(is_valid_id(std::string(65, 'x')));
    CHECK_FALSE(is_valid_id(std::string_view("a\0", 2)));
    for (const char* bad : {"", "a:b", "a b", "a/b", "\xc3\xa9", "a\n", "a+b", "`", "[", "{"}) {
        CAPTURE(bad);
        CHECK_FALSE(is_valid_id(bad));
    }
}

TEST_CASE("a private session has one text whichever party comes first") {
    const auto session = session_id::between("1002", "1001");
    CHECK(session.text() == "2:1001:1002");
    CHECK(session == session_id::between("1001", "1002"));
    CHECK(session == session_id::parse("2:1002:1001"));
    CHECK(session.type() == session_type::private_chat);
    CHECK(session.parties() == std::pair<std::string_view, std::string_view>("1001", "1002"));
    CHECK(session.has_party("1001"));
    CHECK(session.has_party("1002"));
    CHECK_FALSE(session.has_party("100"));
    CHECK(session.other_party("1001") == "1002");
    CHECK(session.other_party("1002") == "1001");
    CHECK(session_id::between("7", "7").other_party("7") == "7");
}

TEST_CASE("a room's session holds the room's id") {
    const auto session = session_id::parse("1:9999");
    REQUIRE(session);
    CHECK(session->type() == session_type::room);
    CHECK(session->room_id() == "9999");
    CHECK(*session == session_id::room("9999"));
    CHECK(std::hash<session_id>{}(*session) == std::hash<session_id>{}(session_id::room("9999")));
}

TEST_CASE("what is not a session id is not understood") {
    const auto long_id = std::string(65, 'x');
    for (const std::string& bad :
         {std::string(),
          std::string("1"),
          std::string("1:"),
          std::string("1:a:b"),
          std::string("2:a"),
          std::string("2:"),
          std::string("2:a:"),
          std::string("2::b"),
          std::string("2:a:b:c"),
          std::string("3:a"),
          std::string("a"),
          std::string("11:a"),
          std::string(" 1:a"),
          "1:" + long_id,
          "2:a:" + long_id,
          "2:" + long_id + ":a"}) {
        CAPTURE(bad);
        CHECK_FALSE(session_id::parse(bad));
    }
}
