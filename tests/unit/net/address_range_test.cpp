#include "net/address_range.hpp"

#include <boost/asio/ip/address.hpp>
#include <doctest/doctest.h>

using boost::asio::ip::make_address;
using gim::net::address_range;
using gim::net::address_ranges;

TEST_CASE("an address is in a range if the bits of the prefix are the same") {
    struct row {
        const char* range;
        const char* asked;
        bool is_inside;
    };
    const row rows[] = {
        {"10.0.0.0/8", "10.0.0.0", true},
        {"10.0.0.0/8", "10.255.255.255", true},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"10.0.0.0/8", "9.255.255.255", false},
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.2", false},
        {"192.0.2.1/32", "192.0.2.1", true},
        {"192.0.2.128/25", "192.0.2.127", false},
        {"192.0.2.128/25", "192.0.2.128", true},
        {"192.0.2.128/26", "192.0.2.192", false},
        {"0.0.0.0/0", "203.0.113.9", true},
        {"0.0.0.0/0", "::1", false},
        {"::/0", "::1", true},
        {"::/0", "127.0.0.1", false},
        {"::1", "::1", true},
        {"fd00::/8", "fd12:3456::1", true},
        {"fd00::/8", "fe80::1", false},
        {"2001:db8:0:8000::/49", "2001:db8:0:8001::1", true},
        {"2001:db8:0:8000::/49", "2001:db8:0:7fff::1", false},
        {"2001:db8::1/128", "2001:db8::1", true},
        {"2001:db8::1/128", "2001:db8::2", false},
    };
    for (const row& r : rows) {
        CAPTURE(r.range);
        CAPTURE(r.asked);
        const auto range = address_range::parse(r.range);
        REQUIRE(range.has_value());
        CHECK(range->contains(make_address(r.asked)) == r.is_inside);
    }
}

TEST_CASE("what is no range is refused") {
    for (const char* text :
         {"",
          "10.0.0.0/",
          "10.0.0.0/33",
          "10.0.0.0/08",
          "10.0.0.0/-1",
          "10.0.0.0/+8",
          "10.0.0.0/8/8",
          "10.0.0.0/8 ",
          " 10.0.0.0/8",
          "10.0.0/8",
          "10/8",
          "10.1.2.3/8",
          "010.0.0.0/8",
          "fd00::/129",
          "fd00::1/8",
          "fe80::1%lo/128",
          "[::1]",
          "::ffff:10.0.0.0/104",
          "localhost",
          "*"}) {
        CAPTURE(text);
        CHECK(address_range::parse(text).has_error());
    }
}

TEST_CASE("a list of ranges has what one of them has; an empty one has nothing") {
    const auto ranges = address_ranges::parse("10.0.0.0/8,192.0.2.1,fd00::/8");
    REQUIRE(ranges.has_value());
    CHECK_FALSE(ranges->is_empty());
    CHECK(ranges->contain(make_address("10.1.2.3")));
    CHECK(ranges->contain(make_address("192.0.2.1")));
    CHECK(ranges->contain(make_address("fd00::1")));
    CHECK_FALSE(ranges->contain(make_address("192.0.2.2")));
    CHECK(address_ranges::parse("")->is_empty());
    CHECK_FALSE(address_ranges().contain(make_address("127.0.0.1")));
    for (const char* text :
         {",", "10.0.0.0/8,", ",10.0.0.0/8", "10.0.0.0/8,,::1", "10.0.0.0/8, ::1"}) {
        CAPTURE(text);
        CHECK(address_ranges::parse(text).has_error());
    }
}

TEST_CASE("the error says which entry of the list is wrong") {
    CHECK(
        address_ranges::parse("10.0.0.0/8,10.1.2.3/8").error().message.find("entry 2 is wrong") !=
        std::string::npos
    );
    CHECK(
        address_ranges::parse("10.0.0.0/8,").error().message.find("entry 2 is wrong") !=
        std::string::npos
    );
    CHECK(
        address_ranges::parse("proxy").error().message.find("entry 1 is wrong") != std::string::npos
    );
}
