#include "storage/redis/redis_told.hpp"

#include "storage/redis/redis_keys.hpp"
#include "storage/redis/redis_record.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

using gim::model::session_id;
using gim::storage::parse_told_membership;
using gim::storage::parse_told_message;
using gim::storage::parse_told_touch;
using gim::storage::told_dismissed;
using gim::storage::told_membership;
using gim::storage::told_touch;

namespace {

const gim::storage::redis_keys keys("gim:");

// What is told of a message of Ann to that user: channel, line, ...
std::vector<std::string> told_to(std::string_view id, std::string_view name, std::uint64_t except) {
    std::vector<std::string> out;
    gim::storage::tell_parties(
        keys,
        "node-1",
        session_id::between("ann", id),
        {"ann", "Ann"},
        {{std::string(id), std::string(name)}, except},
        out
    );
    return out;
}

// No view leaves the line.
bool lies_in(std::string_view part, std::string_view line) {
    return part.empty() ||
           (part.data() >= line.data() && part.data() + part.size() <= line.data() + line.size());
}

void check_parts(std::string_view line) {
    if (const auto m = parse_told_message(line)) {
        REQUIRE(lies_in(m->session, line));
        REQUIRE(lies_in(m->node, line));
        REQUIRE(lies_in(m->title, line));
        REQUIRE(lies_in(m->record, line));
    }
    if (const auto t = parse_told_touch(line)) {
        REQUIRE(lies_in(t->session, line));
    }
    if (const auto room = parse_told_membership(line)) {
        REQUIRE(gim::model::is_valid_id(*room));
    }
}

}  // namespace

TEST_CASE("a private message is told to both, to each by the other's name") {
    const auto told = told_to("bob", "Bob B.", 7);
    REQUIRE(told.size() == 4);
    CHECK(told[0] == "gim:{u:bob}");
    CHECK(told[1] == "message 2:ann:bob node-1 7 3 Ann ");
    CHECK(told[2] == "gim:{u:ann}");
    CHECK(told[3] == "message 2:ann:bob node-1 7 6 Bob B. ");
}

TEST_CASE("a message to oneself is told once") {
    const auto told = told_to("ann", "Ann", 0);
    REQUIRE(told.size() == 2);
    CHECK(told[0] == "gim:{u:ann}");
    CHECK(told[1] == "message 2:ann:ann node-1 0 3 Ann ");
}

TEST_CASE("what is told of a message is understood, whatever the name and the text") {
    for (const std::string name : {"", "Bob", " 1 2 ", "\r\n", "\xff\xfe"}) {
        const auto told = told_to("bob", name, 18446744073709551615U);
        for (const std::string record : {"", "1 2 id ann 0 0 0 hello", " ", "touch 1 2:a:b 2"}) {
            const auto line = told[3] + record;
            CAPTURE(line);
            const auto m = parse_told_message(line);
            REQUIRE(m);
            CHECK(m->session == "2:ann:bob");
            CHECK(m->node == "node-1");
            CHECK(m->connection == 18446744073709551615U);
            CHECK(m->title == name);
            CHECK(m->record == record);
            CHECK_FALSE(parse_told_touch(line));
            CHECK_FALSE(parse_told_membership(line));
        }
    }
}

TEST_CASE("a touch and a membership are understood") {
    const auto touch_line = std::string(told_touch) + "12 2:ann:bob 34";
    const auto touch = parse_told_touch(touch_line);
    REQUIRE(touch);
    CHECK(touch->number == 12);
    CHECK(touch->session == "2:ann:bob");
    CHECK(touch->sequence == 34);
    CHECK_FALSE(parse_told_message(touch_line));
    CHECK_FALSE(parse_told_membership(touch_line));

    const auto member_line = told_membership("den");
    CHECK(parse_told_membership(member_line) == "den");
    CHECK_FALSE(parse_told_message(member_line));
    CHECK_FALSE(parse_told_touch(member_line));
}

TEST_CASE("what is none of these is none") {
    for (const auto* const line :
         {"",
          " ",
          "message",
          "message ",
          "message s n 1 3 Ann",   // nothing behind the title
          "message s n 1 3 Annx",  // it ends elsewhere
          "message s n 1 4 Ann",
          "message s n 1 18446744073709551615 Ann x",
          "message s n 1 18446744073709551616 Ann x",
          "message s n -1 3 Ann x",
          "message s n x 3 Ann x",
          "message s n 1 x Ann x",
          "Message s n 1 3 Ann x",
          " message s n 1 3 Ann x",
          "touch",
          "touch ",
          "touch 1",
          "touch 1 2:a:b",
          "touch 1 2:a:b ",
          "touch 1 2:a:b x",
          "touch 1 2:a:b 2 ",
          "touch 1  2",
          "touch x 2:a:b 2",
          "touch -1 2:a:b 2",
          "touch 18446744073709551616 2:a:b 2",
          "member",
          "member ",
          "member  den",
          "member den ",
          "member a:b",
          "member a b",
          "members den",
          "dismissed"}) {
        CAPTURE(line);
        CHECK_FALSE(parse_told_message(line));
        CHECK_FALSE(parse_told_touch(line));
        CHECK_FALSE(parse_told_membership(line));
    }
    CHECK_FALSE(parse_told_membership(told_membership(std::string(65, 'x'))));
}

TEST_CASE("what is told of rooms is not taken for something else") {
    CHECK(gim::storage::from_redis_record(told_dismissed) == nullptr);
    CHECK(gim::storage::from_redis_record(told_membership("den")) == nullptr);
}

TEST_CASE("parts of lines, and lines with a changed byte, are no views of anything else") {
    for (const auto& line :
         {told_to("bob", "Bob", 7)[3] + "1 2 id ann 0 0 0 hello",
          std::string(told_touch) + "12 2:ann:bob 34",
          told_membership("den")}) {
        for (std::size_t n = 0; n <= line.size(); ++n) {
            CAPTURE(n);
            // Of its own size, so that a sanitizer sees what is read beyond it.
            const std::vector<char> part(line.begin(), line.begin() + static_cast<long>(n));
            check_parts({part.data(), part.size()});
        }
        for (std::size_t at = 0; at < line.size(); ++at) {
            for (int byte = 0; byte < 256; ++byte) {
                auto changed = line;
                changed[at] = static_cast<char>(byte);
                check_parts(changed);
            }
        }
    }
}
