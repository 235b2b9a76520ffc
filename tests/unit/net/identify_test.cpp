#include "net/identify.hpp"

#include "observe/stats/counters.hpp"

#include <boost/asio/ip/address.hpp>
#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace gim;
using boost::asio::ip::make_address;

namespace {

// An admission with one place an address, and a rule that trusts 10.0.0.0/8.
class fixture {
public:
    net::peer peer_from(const char* address) {
        auto place = admitted.enter(net::door::api, net::admission::clock::now());
        return {make_address(address), std::move(*place)};
    }

    // The client's address by a request with these fields, or the status of the refusal.
    std::string identified(net::peer& who, const std::string& fields = {}) {
        net::head_reader reader;
        const auto text = "GET / HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n";
        const auto taken = reader.feed(text);
        REQUIRE(taken.has_value());
        REQUIRE(*taken == text.size());
        const auto head = reader.take();
        const auto refused = net::identify(who, head.request, rules, counters);
        return refused ? std::to_string(refused->status) : who.address().to_string();
    }

    net::admission admitted{net::admission_options{0, 1, 0}};
    net::door_rules rules{*net::address_ranges::parse("10.0.0.0/8"), net::proxy_protocol::off, {}};
    stats::counters counters;
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "the client of a proxy has the limit of its own address") {
    auto first = peer_from("10.0.0.1");
    auto second = peer_from("::ffff:10.0.0.1");
    auto third = peer_from("10.0.0.1");
    CHECK(identified(first, "X-Forwarded-For: 192.0.2.1\r\n") == "192.0.2.1");
    CHECK(identified(second, "X-Forwarded-For: 192.0.2.2\r\n") == "192.0.2.2");
    CHECK(identified(third, "x-forwarded-for: 192.0.2.1\r\n") == "503");
    CHECK(counters.count(stats::event::refused_too_many_of_address) == 1);
    first = peer_from("10.0.0.1");
    CHECK(identified(third, "X-Forwarded-For: 192.0.2.1\r\n") == "192.0.2.1");
}

TEST_CASE_FIXTURE(
    fixture,
    "a connection that is asked through for another client counts for that"
) {
    auto shared = peer_from("10.0.0.1");
    CHECK(identified(shared, "X-Forwarded-For: 192.0.2.1\r\n") == "192.0.2.1");
    CHECK(identified(shared, "X-Forwarded-For: 192.0.2.2\r\n") == "192.0.2.2");
    auto other = peer_from("10.0.0.1");
    CHECK(identified(other, "X-Forwarded-For: 192.0.2.1\r\n") == "192.0.2.1");
}

TEST_CASE_FIXTURE(fixture, "the client that a proxy names has the share, not the proxy") {
    net::admission_options few;
    few.handshakes = 100;
    few.handshakes_per_address = 1;
    admitted.set_options(few);
    const auto comes = [&](const std::string& client) {
        auto who = peer_from("10.0.0.1");
        return identified(who, "X-Forwarded-For: " + client + "\r\n");
    };
    while (comes("192.0.2.1") == "192.0.2.1") {
    }
    CHECK(counters.count(stats::event::refused_too_fast_of_address) == 1);
    for (int i = 0; i < 20; ++i) {
        CHECK(comes("198.51.100." + std::to_string(i)) == "198.51.100." + std::to_string(i));
    }
}

TEST_CASE_FIXTURE(fixture, "who is no proxy is who it is") {
    auto who = peer_from("192.0.2.7");
    CHECK(identified(who, "X-Forwarded-For: 192.0.2.1\r\n") == "192.0.2.7");
    CHECK(identified(who, "X-Forwarded-For: nonsense\r\n") == "192.0.2.7");
}

TEST_CASE_FIXTURE(fixture, "who came through a PROXY header is no proxy, unless that says so") {
    auto client = peer_from("10.0.0.1");
    client.comes_from(make_address("192.0.2.7"));
    CHECK(identified(client, "X-Forwarded-For: 192.0.2.1\r\n") == "192.0.2.7");
    auto proxy = peer_from("10.0.0.1");
    proxy.comes_from(make_address("10.0.0.2"));
    CHECK(identified(proxy, "X-Forwarded-For: 192.0.2.1\r\n") == "192.0.2.1");
}

TEST_CASE_FIXTURE(fixture, "a proxy that says what is no address is refused, and counted") {
    auto who = peer_from("10.0.0.1");
    CHECK(identified(who, "X-Forwarded-For: unknown\r\n") == "400");
    CHECK(counters.count(stats::event::refused_proxy_header) == 1);
}

TEST_CASE_FIXTURE(fixture, "several fields are one list") {
    auto who = peer_from("10.0.0.1");
    const auto fields = "X-Forwarded-For: 192.0.2.1\r\nX-A: b\r\nX-Forwarded-For: 10.0.0.2\r\n";
    CHECK(identified(who, fields) == "192.0.2.1");
}
