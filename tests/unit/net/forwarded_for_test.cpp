#include "net/forwarded_for.hpp"

#include <boost/asio/ip/address.hpp>
#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using boost::asio::ip::make_address;
using gim::net::address_ranges;

namespace {

// Who asks, or "refused". 10.0.0.0/8 and ::1 are trusted.
std::string client(const char* from, std::vector<std::string_view> values) {
    const auto trusted = *address_ranges::parse("10.0.0.0/8,::1");
    const auto found = gim::net::forwarded_for(make_address(from), values, trusted);
    return found ? found->to_string() : "refused";
}

}  // namespace

TEST_CASE("who is no proxy is believed nothing") {
    CHECK(client("192.0.2.1", {"203.0.113.9"}) == "192.0.2.1");
    CHECK(client("192.0.2.1", {"nonsense"}) == "192.0.2.1");
    CHECK(client("192.0.2.1", {}) == "192.0.2.1");
    CHECK(client("::2", {"203.0.113.9"}) == "::2");
}

TEST_CASE("behind proxies the client is the last one whom no proxy of ours is") {
    CHECK(client("10.0.0.1", {"203.0.113.9"}) == "203.0.113.9");
    CHECK(client("::1", {"203.0.113.9"}) == "203.0.113.9");
    CHECK(client("10.0.0.1", {"203.0.113.9, 10.0.0.2"}) == "203.0.113.9");
    CHECK(client("10.0.0.1", {"203.0.113.9, 10.0.0.3,10.0.0.2"}) == "203.0.113.9");
    CHECK(client("10.0.0.1", {"203.0.113.9", "10.0.0.2"}) == "203.0.113.9");
    CHECK(client("10.0.0.1", {"2001:db8::7"}) == "2001:db8::7");
    CHECK(client("10.0.0.1", {"::ffff:203.0.113.9"}) == "203.0.113.9");
    CHECK(client("10.0.0.1", {"::ffff:10.0.0.2"}) == "10.0.0.2");
}

TEST_CASE("what a client made up stands before what a proxy says") {
    CHECK(client("10.0.0.1", {"198.51.100.1, 203.0.113.9"}) == "203.0.113.9");
    CHECK(client("10.0.0.1", {"198.51.100.1", "203.0.113.9"}) == "203.0.113.9");
    CHECK(client("10.0.0.1", {"10.0.0.7, 203.0.113.9"}) == "203.0.113.9");
    CHECK(client("10.0.0.1", {"<script>, 203.0.113.9"}) == "203.0.113.9");
    CHECK(client("10.0.0.1", {"198.51.100.1, 203.0.113.9, 10.0.0.2"}) == "203.0.113.9");
}

TEST_CASE("a proxy that says nothing is who asks; so is the first of a chain of proxies") {
    CHECK(client("10.0.0.1", {}) == "10.0.0.1");
    CHECK(client("10.0.0.1", {"10.0.0.3, 10.0.0.2"}) == "10.0.0.3");
}

TEST_CASE("ports and spaces are left out") {
    CHECK(client("10.0.0.1", {" \t203.0.113.9:5000 "}) == "203.0.113.9");
    CHECK(client("10.0.0.1", {"[2001:db8::7]:5000"}) == "2001:db8::7");
    CHECK(client("10.0.0.1", {"[2001:db8::7]"}) == "2001:db8::7");
}

TEST_CASE("a proxy that says what is no address is refused") {
    for (const char* value :
         {"",
          " ",
          ",",
          "203.0.113.9,",
          "unknown",
          "203.0.113",
          "203.0.113.9 203.0.113.9",
          "203.0.113.9:",
          "203.0.113.9:x",
          "203.0.113.9:123456",
          "[2001:db8::7",
          "[2001:db8::7]x",
          "[2001:db8::7]:",
          "[]",
          "fe80::1%lo",
          "\"203.0.113.9\"",
          "_hidden, 10.0.0.2"}) {
        CAPTURE(value);
        CHECK(client("10.0.0.1", {value}) == "refused");
    }
    CHECK(client("10.0.0.1", {"203.0.113.9", ""}) == "refused");
}
