#include "net/field_values.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace gim;

namespace {

net::http_head head_with(const std::string& fields, const std::string& version = "1.1") {
    net::head_reader reader;
    REQUIRE(reader.feed("GET / HTTP/" + version + "\r\nHost: x\r\n" + fields + "\r\n").has_value());
    REQUIRE(reader.is_complete());
    return reader.take();
}

}  // namespace

TEST_CASE("every line of a field has its value, in their order") {
    const auto head = head_with("A: 1\r\nB: 2\r\na: 3, 4\r\n");
    CHECK(net::values_of(head.request, "A") == std::vector<std::string_view>{"1", "3, 4"});
    CHECK(net::values_of(head.request, "C").empty());
}

TEST_CASE("the lines of a list are one list") {
    for (const auto* fields :
         {"Connection: Upgrade\r\n",
          "connection: UPGRADE\r\n",
          "Connection: keep-alive, Upgrade\r\n",
          "Connection: keep-alive\r\nConnection: Upgrade\r\n",
          "Connection: Upgrade\r\nConnection: keep-alive\r\n",
          "Connection: \r\nConnection: ,upgrade,\r\n"}) {
        CAPTURE(fields);
        CHECK(net::lists(head_with(fields).request, "Connection", "upgrade"));
    }
    for (const auto* fields :
         {"", "Connection: Upgraded\r\n", "Connection: keep-alive\r\n", "Connected: Upgrade\r\n"}) {
        CAPTURE(fields);
        CHECK_FALSE(net::lists(head_with(fields).request, "Connection", "upgrade"));
    }
}

TEST_CASE("the client says whether the connection stays") {
    const auto keeps = [](const char* fields, const char* version) {
        return net::wants_to_keep(head_with(fields, version).request);
    };
    CHECK(keeps("", "1.1"));
    CHECK(keeps("Connection: x\r\n", "1.1"));
    CHECK_FALSE(keeps("Connection: close\r\n", "1.1"));
    CHECK_FALSE(keeps("Connection: x\r\nConnection: close\r\n", "1.1"));
    CHECK_FALSE(keeps("", "1.0"));
    CHECK(keeps("Connection: x\r\nConnection: keep-alive\r\n", "1.0"));
    CHECK_FALSE(keeps("Connection: keep-alive\r\nConnection: close\r\n", "1.0"));
}
