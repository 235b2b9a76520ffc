#include "net/address_shares.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

using gim::net::address_shares;
using namespace std::chrono_literals;

namespace {

const address_shares::clock::time_point start{1h};

int taken_at_once(address_shares& s, std::uint64_t key, address_shares::clock::time_point now) {
    int n = 0;
    while (n < 10'000 && s.take(key, now)) {
        ++n;
    }
    return n;
}

// Stands for an address whose bits a secret has mixed.
std::uint64_t mixed(std::uint64_t n) {
    n = (n ^ (n >> 30)) * 0xBF58476D1CE4E5B9;
    n = (n ^ (n >> 27)) * 0x94D049BB133111EB;
    return n ^ (n >> 31);
}

}  // namespace

TEST_CASE("each address has its own tokens, which come back with time") {
    const auto s = std::make_unique<address_shares>(10);
    CHECK(taken_at_once(*s, mixed(1), start) == 10);
    CHECK(taken_at_once(*s, mixed(2), start) == 10);
    CHECK_FALSE(s->take(mixed(1), start + 99ms));
    CHECK(taken_at_once(*s, mixed(1), start + 200ms) == 2);
    CHECK(taken_at_once(*s, mixed(2), start + 1h) == 10);
}

TEST_CASE("a rate of 0 is no limit, and another rate counts from then on") {
    const auto s = std::make_unique<address_shares>(0);
    CHECK(taken_at_once(*s, mixed(1), start) == 10'000);
    s->set_rate(3);
    CHECK(taken_at_once(*s, mixed(1), start) == 3);
}

TEST_CASE("an address that uses its share is known while any number of others come") {
    const auto s = std::make_unique<address_shares>(100);
    CHECK(taken_at_once(*s, mixed(0), start) == 100);
    // Many more at the same moment than the table has slots, each once.
    for (std::uint64_t other = 1; other < 20 * address_shares::slots(); ++other) {
        CHECK(s->take(mixed(other), start));
    }
    CHECK_FALSE(s->take(mixed(0), start));
    CHECK(taken_at_once(*s, mixed(0), start + 500ms) == 50);
}

TEST_CASE("threads share the tokens of one address") {
    const auto s = std::make_unique<address_shares>(1000);
    std::atomic<int> taken{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 1000; ++i) {
                taken += s->take(mixed(7), start) ? 1 : 0;
            }
        });
    }
    for (auto& t : threads) {
        t.join();
    }
    CHECK(taken == 1000);
}
