#include "net/address.hpp"

#include <doctest/doctest.h>

using namespace gim::net;
namespace asio = boost::asio;

TEST_CASE("an address is read and written back") {
    struct row {
        const char* text;
        const char* written;
        bool every_interface;
        int port;
    };
    const row rows[] = {
        {":8080", ":8080", true, 8080},
        {":0", ":0", true, 0},
        {"127.0.0.1:8080", "127.0.0.1:8080", false, 8080},
        {"0.0.0.0:0", "0.0.0.0:0", false, 0},
        {"[::1]:8080", "[::1]:8080", false, 8080},
        {"[::]:65535", "[::]:65535", false, 65535},
        {"localhost:9000", "127.0.0.1:9000", false, 9000},
    };
    for (const row& r : rows) {
        CAPTURE(r.text);
        const auto a = parse_address(r.text);
        REQUIRE(a.has_value());
        CHECK(a->ip.has_value() == !r.every_interface);
        CHECK(a->port == r.port);
        CHECK(to_string(*a) == r.written);
    }
}

TEST_CASE("what is no address is refused and told what is allowed") {
    for (const char* text :
         {"",
          ":",
          "8080",
          "127.0.0.1",
          "127.0.0.1:",
          ":65536",
          ":-1",
          ":+1",
          ": 80",
          ":80 ",
          "::1:8080",
          "[::1]",
          "[]:80",
          "[127.0.0.1]:80",
          "[:80",
          "]:80",
          "1.2.3:80",
          ":8x"}) {
        CAPTURE(text);
        const auto a = parse_address(text);
        REQUIRE_FALSE(a.has_value());
        CHECK(a.error().message.starts_with("must be :PORT, IPV4:PORT or [IPV6]:PORT"));
    }
}

TEST_CASE("a host name is refused by saying that names are not looked up") {
    const auto a = parse_address("example.com:80");
    REQUIRE_FALSE(a.has_value());
    CHECK(a.error().message.find("host names are not looked up") != std::string::npos);
}

TEST_CASE("an endpoint is written with brackets around IPv6") {
    using asio::ip::tcp;
    CHECK(to_string(tcp::endpoint(tcp::v6(), 8080)) == "[::]:8080");
    CHECK(to_string(tcp::endpoint(asio::ip::address_v4::loopback(), 1)) == "127.0.0.1:1");
}
