#include "net/shared_token_bucket.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

using gim::net::shared_token_bucket;
using namespace std::chrono_literals;

namespace {

const shared_token_bucket::clock::time_point start{1h};

int taken_at_once(shared_token_bucket& b, shared_token_bucket::clock::time_point now) {
    int n = 0;
    while (n < 10'000 && b.take(now)) {
        ++n;
    }
    return n;
}

}  // namespace

TEST_CASE("after a quiet time one second's worth passes at once, then one at a time") {
    shared_token_bucket b(10);
    CHECK(taken_at_once(b, start) == 10);
    CHECK_FALSE(b.take(start + 99ms));
    CHECK(b.take(start + 100ms));
    CHECK_FALSE(b.take(start + 100ms));
    CHECK(taken_at_once(b, start + 400ms) == 3);
    CHECK(taken_at_once(b, start + 1h) == 10);
}

TEST_CASE("who is refused does not make the others wait longer") {
    shared_token_bucket b(1);
    CHECK(b.take(start));
    for (int i = 0; i < 100; ++i) {
        CHECK_FALSE(b.take(start + 500ms));
    }
    CHECK(b.take(start + 1s));
}

TEST_CASE("a rate of 0 is no limit") {
    shared_token_bucket b(0);
    CHECK(taken_at_once(b, start) == 10'000);
}

TEST_CASE("threads share one bucket") {
    shared_token_bucket b(1000);
    std::atomic<int> taken{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (int i = 0; i < 1000; ++i) {
                taken += b.take(start) ? 1 : 0;
            }
        });
    }
    for (auto& t : threads) {
        t.join();
    }
    CHECK(taken == 1000);
}
