#include "net/admission.hpp"

#include <boost/asio/ip/address.hpp>
#include <doctest/doctest.h>

#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace gim::net;
using namespace std::chrono_literals;
using boost::asio::ip::make_address;

namespace {

const admission::clock::time_point now{1h};

admission_options limits(std::size_t all, std::size_t per_address, std::size_t handshakes) {
    return {all, per_address, handshakes};
}

// How many connections of the address come in at once, each of which ends at once.
int came_in(
    admission& a,
    const char* address,
    int tries,
    admission::clock::time_point at,
    door where = door::gateway
) {
    int came = 0;
    for (int i = 0; i < tries; ++i) {
        auto p = a.enter(where, at);
        came += p.has_value() && p->count_new(make_address(address), at) ? 1 : 0;
    }
    return came;
}

admission_options shares(std::size_t handshakes, std::size_t of_address) {
    admission_options o = limits(0, 0, handshakes);
    o.handshakes_per_address = of_address;
    return o;
}

}  // namespace

TEST_CASE("the places of the process are counted, and come back with their holders") {
    admission a(limits(2, 0, 0));
    auto first = a.enter(door::gateway, now);
    auto second = a.enter(door::api, now);
    REQUIRE(first.has_value());
    REQUIRE(second.has_value());
    CHECK(a.taken() == 2);
    CHECK(a.enter(door::gateway, now).error() == refusal::too_many);
    CHECK(a.enter(door::api, now).error() == refusal::too_many);
    CHECK(a.taken() == 2);
    *first = admission::place{};
    CHECK(a.taken() == 1);
    CHECK(a.enter(door::gateway, now).has_value());
}

TEST_CASE("a place that is moved is one place") {
    admission a(limits(10, 1, 0));
    auto first = a.enter(door::gateway, now);
    REQUIRE(first->move_to(make_address("192.0.2.1")));
    {
        admission::place second(std::move(*first));
        CHECK(a.taken() == 1);
        admission::place third;
        third = std::move(second);
        CHECK(a.taken() == 1);
    }
    CHECK(a.taken() == 0);
    CHECK(a.enter(door::gateway, now)->move_to(make_address("192.0.2.1")));
}

TEST_CASE("a gateway that is full leaves the API its last places") {
    admission a(limits(20, 0, 0));
    std::vector<admission::place> held;
    for (;;) {
        auto p = a.enter(door::gateway, now);
        if (!p) {
            break;
        }
        held.push_back(std::move(*p));
    }
    CHECK(held.size() == 18);
    for (int i = 0; i < 2; ++i) {
        auto p = a.enter(door::api, now);
        REQUIRE(p.has_value());
        held.push_back(std::move(*p));
    }
    CHECK(a.enter(door::api, now).error() == refusal::too_many);
}

TEST_CASE("newcomers are counted by the second, at each door for itself") {
    admission a(limits(0, 0, 3));
    for (int i = 0; i < 3; ++i) {
        CHECK(a.enter(door::gateway, now).has_value());
    }
    CHECK(a.enter(door::gateway, now).error() == refusal::too_fast);
    CHECK(a.enter(door::api, now).has_value());
    CHECK(a.enter(door::gateway, now + 1s).has_value());
    CHECK(a.taken() == 0);
}

TEST_CASE(
    "an address alone may use three quarters of the handshakes at once, and then all that come back"
) {
    admission a(shares(100, 10));
    CHECK(came_in(a, "192.0.2.1", 1000, now) == 75);
    // What comes back is its own, as nobody else wants it.
    int later = 0;
    for (int ms = 1; ms <= 1000; ++ms) {
        later += came_in(a, "192.0.2.1", 2, now + std::chrono::milliseconds(ms));
    }
    CHECK(later >= 100);
}

TEST_CASE("an address that connects without end takes nothing from newcomers") {
    admission a(shares(1000, 100));
    int attackers = 0;
    int newcomers = 0;
    for (int ms = 0; ms < 3000; ++ms) {
        const auto at = now + std::chrono::milliseconds(ms);
        attackers += came_in(a, "192.0.2.1", 15, at);
        attackers += came_in(a, "2001:db8:1:2::1", 7, at);
        attackers += came_in(a, "2001:db8:1:2:ffff::1", 8, at);
        if (ms % 2 == 0) {
            const auto address =
                "198.51." + std::to_string(ms / 200) + "." + std::to_string(ms % 200);
            newcomers += came_in(a, address.c_str(), 1, at);
        }
    }
    CHECK(newcomers == 1500);
    CHECK(attackers > 1500);  // what was left
}

TEST_CASE("each door has its own shares, and an address that is refused may come back") {
    admission a(shares(100, 10));
    CHECK(came_in(a, "192.0.2.1", 1000, now) == 75);
    CHECK(came_in(a, "192.0.2.1", 1000, now, door::api) == 75);
    CHECK(came_in(a, "192.0.2.2", 5, now) == 5);
    CHECK(came_in(a, "192.0.2.1", 1000, now + 1s) == 75);
    CHECK(a.taken() == 0);
}

TEST_CASE("without shares an address may use all handshakes") {
    admission a(shares(100, 0));
    CHECK(came_in(a, "192.0.2.1", 1000, now) == 100);
    a.set_options(shares(100, 10));
    CHECK(came_in(a, "192.0.2.1", 1000, now + 1s) == 75);
}

TEST_CASE("a connection counts once in the share of its address") {
    admission a(shares(4, 1));
    auto p = a.enter(door::gateway, now);
    REQUIRE(p.has_value());
    for (int i = 0; i < 10; ++i) {
        CHECK(p->count_new(make_address("192.0.2.1"), now));
    }
    admission::place moved(std::move(*p));
    CHECK(moved.count_new(make_address("192.0.2.1"), now));
    CHECK(came_in(a, "192.0.2.1", 10, now) == 2);
    CHECK(came_in(a, "192.0.2.2", 10, now) == 1);
}

TEST_CASE("0 is no limit") {
    admission a(limits(0, 0, 0));
    std::vector<admission::place> held;
    for (int i = 0; i < 5000; ++i) {
        auto p = a.enter(door::gateway, now);
        REQUIRE(p.has_value());
        REQUIRE(p->move_to(make_address("192.0.2.1")));
        held.push_back(std::move(*p));
    }
    CHECK(a.taken() == 5000);
}

TEST_CASE("an address has its own number of places") {
    admission a(limits(0, 2, 0));
    const auto here = make_address("192.0.2.1");
    auto first = a.enter(door::gateway, now);
    auto second = a.enter(door::api, now);
    auto third = a.enter(door::gateway, now);
    CHECK(first->move_to(here));
    CHECK(second->move_to(here));
    CHECK_FALSE(third->move_to(here));
    CHECK(third->move_to(make_address("192.0.2.2")));
    // Who is counted already is not counted twice.
    CHECK(first->move_to(here));
    *second = admission::place{};
    CHECK(third->move_to(here));
    CHECK_FALSE(a.enter(door::gateway, now)->move_to(here));
}

TEST_CASE("who finds no room at another address keeps the place at the first") {
    admission a(limits(0, 1, 0));
    auto first = a.enter(door::api, now);
    auto second = a.enter(door::api, now);
    CHECK(first->move_to(make_address("192.0.2.1")));
    CHECK(second->move_to(make_address("192.0.2.2")));
    CHECK_FALSE(second->move_to(make_address("192.0.2.1")));
    CHECK_FALSE(a.enter(door::api, now)->move_to(make_address("192.0.2.2")));
}

TEST_CASE("an address is an IPv4 address or an IPv6 /64") {
    struct row {
        const char* a;
        const char* b;
        bool same;
    };
    const row rows[] = {
        {"192.0.2.1", "192.0.2.1", true},
        {"192.0.2.1", "192.0.2.2", false},
        {"192.0.2.1", "::ffff:192.0.2.1", true},
        {"192.0.2.1", "::ffff:192.0.2.2", false},
        {"2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true},
        {"2001:db8:1:2::1", "2001:db8:1:3::1", false},
        {"2001:db8:1:2::1", "2001:db9:1:2::1", false},
        {"::1", "0.0.0.0", false},
        {"::1", "127.0.0.1", false},
        {"64:ff9b::1", "64:ff9b:0:0:1::1", true},
    };
    for (const row& r : rows) {
        CAPTURE(r.a);
        CAPTURE(r.b);
        CHECK((address_key(make_address(r.a)) == address_key(make_address(r.b))) == r.same);
    }
    CHECK(plain(make_address("::ffff:192.0.2.1")).to_string() == "192.0.2.1");
    CHECK(plain(make_address("2001:db8::1")).to_string() == "2001:db8::1");
}

TEST_CASE("who is turned away hears why, and when to come back: not all at the same time") {
    admission a{{}};
    std::set<unsigned> times;
    for (int i = 0; i < 10; ++i) {
        const auto answer = a.answer_to(refusal::too_fast);
        CHECK(answer.status == 503);
        CHECK_FALSE(answer.message.empty());
        times.insert(answer.retry_after);
    }
    CHECK(times == std::set<unsigned>{1, 2, 3, 4, 5});
    std::set<std::string> reasons;
    for (const auto why :
         {refusal::too_many,
          refusal::too_many_of_address,
          refusal::too_fast,
          refusal::too_fast_of_address}) {
        reasons.insert(a.answer_to(why).message);
    }
    CHECK(reasons.size() == 4);
}

TEST_CASE("a server may be for its own machine only, and says so to others") {
    admission_options o;
    const admission open(o);
    o.from = welcome::this_machine;
    admission guarded(o);
    for (const char* here : {"127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"}) {
        CAPTURE(here);
        CHECK(guarded.welcomes(plain(make_address(here))));
        CHECK(open.welcomes(plain(make_address(here))));
    }
    for (const char* there :
         {"0.0.0.0",
          "10.0.0.1",
          "128.0.0.1",
          "192.0.2.1",
          "::",
          "::2",
          "fe80::1",
          "::ffff:10.0.0.1",
          "::127.0.0.1"}) {
        CAPTURE(there);
        CHECK_FALSE(guarded.welcomes(plain(make_address(there))));
        CHECK(open.welcomes(plain(make_address(there))));
    }
    const auto answer = guarded.answer_to(refusal::stranger);
    CHECK(answer.status == 403);
    CHECK(answer.retry_after == 0);
    CHECK(answer.message.find("--insecure") != std::string::npos);
    CHECK(answer.message.find('\n') == std::string::npos);
}

TEST_CASE("threads that come and go leave nothing behind") {
    admission a(limits(100, 50, 0));
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&a, t] {
            for (int i = 0; i < 2000; ++i) {
                auto p = a.enter(i % 2 == 0 ? door::gateway : door::api, now);
                if (p) {
                    p->move_to(make_address("192.0.2." + std::to_string((t + i) % 7)));
                }
            }
        });
    }
    for (auto& t : threads) {
        t.join();
    }
    CHECK(a.taken() == 0);
    std::vector<admission::place> held;
    for (int i = 0; i < 50; ++i) {
        held.push_back(std::move(*a.enter(door::api, now)));
        CHECK(held.back().move_to(make_address("192.0.2.1")));
    }
}

TEST_CASE("other limits count for those who come then, and nobody who is there loses the place") {
    admission a(limits(3, 2, 0));
    const auto here = make_address("192.0.2.1");
    auto first = a.enter(door::api, now);
    auto second = a.enter(door::api, now);
    REQUIRE(first->move_to(here));
    REQUIRE(second->move_to(here));
    a.set_options(limits(1, 1, 1));
    CHECK(a.taken() == 2);
    CHECK(a.enter(door::api, now).error() == refusal::too_many);
    a.set_options(limits(10, 3, 1));
    auto third = a.enter(door::api, now);
    REQUIRE(third.has_value());
    CHECK(third->move_to(here));
    CHECK(a.enter(door::api, now).error() == refusal::too_fast);
}
