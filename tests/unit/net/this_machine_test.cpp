#include "net/this_machine.hpp"

#include <boost/asio/ip/address.hpp>
#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace gim;
using boost::asio::ip::make_address;

namespace {

class fixture {
public:
    net::peer peer_from(const char* address) {
        auto place = admitted.enter(net::door::api, net::admission::clock::now());
        return {make_address(address), std::move(*place)};
    }

    static bool is_here(const net::peer& who, const std::string& fields) {
        net::head_reader reader;
        const auto text = "GET / HTTP/1.1\r\n" + fields + "\r\n";
        const auto taken = reader.feed(text);
        REQUIRE(taken.has_value());
        REQUIRE(*taken == text.size());
        const auto head = reader.take();
        return net::is_of_this_machine(who, head.request);
    }

    net::admission admitted{net::admission_options{}};
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "who comes from this machine, and asks for an address, is here") {
    for (const auto* address : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) {
        const auto who = peer_from(address);
        for (const auto* host :
             {"127.0.0.1:8081",
              "127.0.0.1",
              "[::1]:8081",
              "[::1]",
              "localhost:8081",
              "LocalHost"}) {
            CHECK(is_here(who, std::string("Host: ") + host + "\r\n"));
        }
    }
    for (const auto* address : {"192.0.2.1", "10.0.0.1", "::ffff:10.0.0.1", "2001:db8::1"}) {
        CHECK_FALSE(is_here(peer_from(address), "Host: 127.0.0.1\r\n"));
    }
}

TEST_CASE_FIXTURE(fixture, "a page whose name leads here is not here") {
    const auto who = peer_from("127.0.0.1");
    for (const auto* host :
         {"evil.example",
          "evil.example:8081",
          "localhost.evil.example",
          "127.0.0.1.evil.example"}) {
        CHECK_FALSE(is_here(who, std::string("Host: ") + host + "\r\n"));
    }
}

TEST_CASE_FIXTURE(fixture, "whoever a proxy speaks for is not here, also if the proxy says so") {
    const auto who = peer_from("127.0.0.1");
    for (const auto* field :
         {"X-Forwarded-For: 127.0.0.1",
          "x-forwarded-host: localhost",
          "X-Forwarded-Proto: http",
          "Forwarded: for=127.0.0.1",
          "X-Real-IP: 127.0.0.1",
          "Via: 1.1 proxy"}) {
        CHECK_FALSE(is_here(who, std::string("Host: localhost\r\n") + field + "\r\n"));
    }
    CHECK(is_here(who, "Host: localhost\r\nX-Forward: 127.0.0.1\r\n"));
}

TEST_CASE_FIXTURE(fixture, "nor is who came behind a PROXY header, or for somebody from afar") {
    auto announced = peer_from("127.0.0.1");
    announced.set_announced();
    CHECK_FALSE(is_here(announced, "Host: localhost\r\n"));
    auto claimed = peer_from("192.0.2.1");
    claimed.set_announced();
    claimed.comes_from(make_address("127.0.0.1"));
    CHECK_FALSE(is_here(claimed, "Host: localhost\r\n"));
    auto other = peer_from("127.0.0.1");
    REQUIRE_FALSE(other.become(make_address("192.0.2.1"), net::admission::clock::now()));
    CHECK_FALSE(is_here(other, "Host: localhost\r\n"));
}

TEST_CASE_FIXTURE(fixture, "a page in a browser on this machine is not this machine") {
    const auto who = peer_from("127.0.0.1");
    for (const auto* field :
         {"Origin: https://evil.example",
          "Origin: null",
          "Origin:",
          "origin: http://127.0.0.1:8081",
          "Referer: https://evil.example/",
          "Sec-Fetch-Site: cross-site",
          "Sec-Fetch-Site: same-site",
          "Sec-Fetch-Site: same-origin",
          "Sec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site",
          "Sec-Fetch-Site:"}) {
        CAPTURE(field);
        CHECK_FALSE(is_here(who, std::string("Host: localhost\r\n") + field + "\r\n"));
    }
    // A URL that a person types.
    CHECK(is_here(who, "Host: localhost\r\nSec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\n"));
}
