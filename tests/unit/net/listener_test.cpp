#include "net/listener.hpp"

#include "support/ipv6.hpp"
#include "support/needs.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <utility>
#include <vector>

using namespace gim::net;
using boost::asio::ip::tcp;

namespace {

const address loopback_any_port{boost::asio::ip::address_v4::loopback(), 0};

unique_fd connect_to(const tcp::endpoint& where) {
    unique_fd fd(::socket(where.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(fd.get(), where.data(), static_cast<socklen_t>(where.size())) != 0) {
        fd.reset();
    }
    return fd;
}

bool takes_connection(const unique_fd& listener) {
    pollfd p{listener.get(), POLLIN, 0};
    return ::poll(&p, 1, 0) == 1 && unique_fd(::accept(listener.get(), nullptr, nullptr));
}

}  // namespace

TEST_CASE("port 0 becomes one real port, the same for every socket") {
    const auto opened = open_listeners(loopback_any_port, 3);
    REQUIRE(opened.has_value());
    CHECK(opened->sockets.size() == 3);
    CHECK(opened->endpoint.port() != 0);
    for (const unique_fd& s : opened->sockets) {
        sockaddr_in name{};
        socklen_t size = sizeof name;
        REQUIRE(::getsockname(s.get(), reinterpret_cast<sockaddr*>(&name), &size) == 0);
        CHECK(ntohs(name.sin_port) == opened->endpoint.port());
    }
}

TEST_CASE("what is accepted sends small frames at once") {
    const auto opened = open_listeners(loopback_any_port, 2);
    REQUIRE(opened.has_value());
    const auto client = connect_to(opened->endpoint);
    for (const unique_fd& s : opened->sockets) {
        const unique_fd accepted(::accept(s.get(), nullptr, nullptr));
        if (!accepted) {
            continue;  // the other listener has it
        }
        int value = 0;
        socklen_t size = sizeof value;
        REQUIRE(::getsockopt(accepted.get(), IPPROTO_TCP, TCP_NODELAY, &value, &size) == 0);
        CHECK(value != 0);
        return;
    }
    FAIL("nobody accepted");
}

TEST_CASE("a port that another one listens on is address_in_use, not shared") {
    for (const std::size_t count : {std::size_t{1}, std::size_t{3}}) {
        const auto first = open_listeners(loopback_any_port, count);
        REQUIRE(first.has_value());
        const address same{first->endpoint.address(), first->endpoint.port()};
        const auto second = open_listeners(same, count);
        REQUIRE_FALSE(second.has_value());
        CHECK(second.error() == boost::system::errc::address_in_use);
        const auto every_interface = open_listeners({std::nullopt, same.port}, count);
        REQUIRE_FALSE(every_interface.has_value());
        CHECK(every_interface.error() == boost::system::errc::address_in_use);
    }
}

TEST_CASE("the port is free again once the sockets are gone") {
    address same = loopback_any_port;
    {
        const auto first = open_listeners(loopback_any_port, 2);
        REQUIRE(first.has_value());
        same.port = first->endpoint.port();
        const unique_fd client = connect_to(first->endpoint);
        REQUIRE(client);
    }
    CHECK(open_listeners(same, 2).has_value());
}

TEST_CASE("the kernel spreads connections over all three sockets") {
    const auto opened = open_listeners(loopback_any_port, 3);
    REQUIRE(opened.has_value());
    // By a hash of the ports: that 200 all miss one of three has a chance of 10^-35.
    std::vector<unique_fd> clients;
    for (int i = 0; i < 200; ++i) {
        clients.push_back(connect_to(opened->endpoint));
        REQUIRE(clients.back());
    }
    std::size_t accepted = 0;
    for (const unique_fd& s : opened->sockets) {
        const std::size_t before = accepted;
        while (takes_connection(s)) {
            ++accepted;
        }
        CHECK(accepted > before);
    }
    CHECK(accepted == clients.size());
}

TEST_CASE("every interface means IPv4") {
    const auto opened = open_listeners({std::nullopt, 0}, 2);
    REQUIRE(opened.has_value());
    CHECK(connect_to({boost::asio::ip::address_v4::loopback(), opened->endpoint.port()}));
}

TEST_CASE("every interface means IPv6, too") {
    if (!gim::test::has("IPv6", gim::test::ipv6_is_there())) {
        return;
    }
    const auto opened = open_listeners({std::nullopt, 0}, 2);
    REQUIRE(opened.has_value());
    CHECK(opened->endpoint.protocol() == tcp::v6());
    CHECK(connect_to({boost::asio::ip::address_v6::loopback(), opened->endpoint.port()}));
}

TEST_CASE("without IPv6 every interface means IPv4 alone, and an address of IPv6 is an error") {
    bool is_filtered = false;
    boost::system::result<listeners> every = make_error_code(boost::system::errc::timed_out);
    boost::system::result<listeners> loopback = every.error();
    std::thread([&] {
        is_filtered = gim::test::take_ipv6_away();
        if (is_filtered) {
            every = open_listeners({std::nullopt, 0}, 2);
            loopback = open_listeners({boost::asio::ip::address_v6::loopback(), 0}, 2);
        }
    }).join();
    if (!gim::test::has("filters of system calls", is_filtered)) {
        return;
    }
    REQUIRE(every.has_value());
    CHECK(every->endpoint.address() == boost::asio::ip::address_v4::any());
    CHECK(every->sockets.size() == 2);
    CHECK(connect_to({boost::asio::ip::address_v4::loopback(), every->endpoint.port()}));
    REQUIRE(loopback.has_error());
    CHECK(loopback.error() == boost::system::errc::address_family_not_supported);
}

TEST_CASE("an address that this machine does not have is an error") {
    // 192.0.2.0/24 is for documentation only (RFC 5737).
    const auto opened = open_listeners({boost::asio::ip::make_address_v4("192.0.2.1"), 0}, 1);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error() == boost::system::errc::address_not_available);
}

TEST_CASE("sockets that somebody else has opened are taken over as they are") {
    auto opened = open_listeners(loopback_any_port, 2);
    REQUIRE(opened.has_value());
    const auto where = opened->endpoint;
    REQUIRE(::fcntl(opened->sockets[0].get(), F_SETFL, 0) == 0);
    auto adopted = adopt_listeners(std::move(opened->sockets), 5);
    REQUIRE(adopted.has_value());
    CHECK(adopted->endpoint == where);
    CHECK(adopted->sockets.size() == 5);
    for (const unique_fd& s : adopted->sockets) {
        CHECK((::fcntl(s.get(), F_GETFL) & O_NONBLOCK) != 0);
        CHECK((::fcntl(s.get(), F_GETFD) & FD_CLOEXEC) != 0);
    }
    const auto client = connect_to(where);
    REQUIRE(client);
    CHECK(std::ranges::any_of(adopted->sockets, takes_connection));
}

TEST_CASE("what is no listening socket, on one endpoint, for some worker, is not taken over") {
    const auto refused = [](std::vector<unique_fd> sockets, std::size_t workers) {
        const auto adopted = adopt_listeners(std::move(sockets), workers);
        return adopted.has_error();
    };
    auto two = open_listeners(loopback_any_port, 2);
    REQUIRE(two.has_value());
    CHECK(refused(std::move(two->sockets), 1));

    auto one = open_listeners(loopback_any_port, 1);
    auto other = open_listeners(loopback_any_port, 1);
    REQUIRE((one.has_value() && other.has_value()));
    std::vector<unique_fd> mixed;
    mixed.push_back(std::move(one->sockets[0]));
    mixed.push_back(std::move(other->sockets[0]));
    CHECK(refused(std::move(mixed), 2));

    std::vector<unique_fd> plain;
    plain.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    CHECK(refused(std::move(plain), 1));
    std::vector<unique_fd> none;
    none.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    CHECK(refused(std::move(none), 1));
}
