#include "redis/slots.hpp"

#include "redis/reply_reader.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using gim::redis::parse_redirection;
using gim::redis::parse_slots;
using gim::redis::reply_reader;
using gim::redis::reply_view;
using gim::redis::slot_of;

namespace {

// "FIRST-LAST HOST:PORT, ..."
std::string slots_in(std::string_view reply) {
    reply_reader reader;
    REQUIRE(reader.feed(reply));
    const auto parsed = reader.next();
    REQUIRE(parsed != nullptr);
    std::string out;
    for (const auto& r : parse_slots(reply_view(parsed.get()))) {
        out += std::to_string(r.first) + "-" + std::to_string(r.last) + " " + r.host + ":" +
               std::to_string(r.port) + ", ";
    }
    return out;
}

}  // namespace

TEST_CASE("a key's slot is that of what stands in its first braces, as the specification has it") {
    CHECK(slot_of("123456789") == 0x31C3);  // its test vector
    CHECK(slot_of("") == 0);
    CHECK(slot_of("{user1000}.following") == slot_of("user1000"));
    CHECK(slot_of("foo{}{bar}") == slot_of("foo{}{bar}"));
    CHECK(slot_of("foo{}{bar}") != slot_of("bar"));
    CHECK(slot_of("foo{{bar}}zap") == slot_of("{bar"));
    CHECK(slot_of("foo{bar}{zap}") == slot_of("bar"));
    CHECK(slot_of("foo{bar") != slot_of("bar"));
}

TEST_CASE("who has which slots is read, and what makes no sense is left out") {
    CHECK(
        slots_in("*2\r\n"
                 "*4\r\n:0\r\n:5460\r\n*3\r\n$9\r\n127.0.0.1\r\n:7001\r\n$2\r\nid\r\n"
                 "*3\r\n$9\r\n127.0.0.1\r\n:7004\r\n$2\r\nxx\r\n"
                 "*3\r\n:5461\r\n:16383\r\n*3\r\n$-1\r\n:7002\r\n$2\r\nid\r\n"
        ) == "0-5460 127.0.0.1:7001, 5461-16383 :7002, "
    );
    CHECK(slots_in("*0\r\n") == "");
    CHECK(slots_in(":1\r\n") == "");
    CHECK(slots_in("*1\r\n*2\r\n:0\r\n:5\r\n") == "");
    for (const std::string range : {":0\r\n:16384", ":-1\r\n:5", ":6\r\n:5"}) {
        CHECK(slots_in("*1\r\n*3\r\n" + range + "\r\n*2\r\n$1\r\na\r\n:7001\r\n") == "");
    }
    for (const std::string port : {":0", ":65536", ":-1", "$1\r\nx"}) {
        CHECK(slots_in("*1\r\n*3\r\n:0\r\n:5\r\n*2\r\n$1\r\na\r\n" + port + "\r\n") == "");
    }
}

TEST_CASE("an error that names another server is understood, and no other one") {
    const auto moved = parse_redirection("MOVED 3999 127.0.0.1:6381");
    REQUIRE(moved);
    CHECK_FALSE(moved->is_asking);
    CHECK(moved->slot == 3999);
    CHECK(moved->host == "127.0.0.1");
    CHECK(moved->port == 6381);
    const auto ask = parse_redirection("ASK 0 ::1:6381");
    REQUIRE(ask);
    CHECK(ask->is_asking);
    CHECK(ask->host == "::1");
    const auto same_host = parse_redirection("MOVED 1 :6381");
    REQUIRE(same_host);
    CHECK(same_host->host == "");
    for (const auto* const other :
         {"",
          "MOVED",
          "MOVED ",
          "MOVED 1",
          "MOVED 1 host",
          "MOVED 16384 h:1",
          "MOVED -1 h:1",
          "MOVED 1 h:0",
          "MOVED 1 h:65536",
          "MOVED 1 h:",
          "MOVED x h:1",
          "MOVED:1 h:1",
          "ERR MOVED 1 h:1",
          "TRYAGAIN Multiple keys",
          "CLUSTERDOWN Hash slot not served"}) {
        CAPTURE(other);
        CHECK_FALSE(parse_redirection(other));
    }
}
