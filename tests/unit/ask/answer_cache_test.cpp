#include "ask/answer_cache.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace gim::ask;
using namespace std::chrono_literals;

namespace {

const answer_cache::clock::time_point start{1h};

digest question(int n) {
    return digest_of(std::to_string(n));
}

}  // namespace

TEST_CASE("an answer is kept for its time, and for its question") {
    answer_cache cache(10);
    cache.keep(question(1), {"ann", "Ann"}, 2s, start);
    REQUIRE(cache.find(question(1), start + 1999ms));
    CHECK(cache.find(question(1), start + 1999ms)->id() == "ann");
    CHECK(cache.find(question(1), start + 1999ms)->name == "Ann");
    CHECK_FALSE(cache.find(question(2), start));
    CHECK_FALSE(cache.find(question(1), start + 2s));
    CHECK(cache.size() == 0);
}

TEST_CASE("a newer answer takes the place of one, and one that is not to be kept removes it") {
    answer_cache cache(10);
    cache.keep(question(1), {"ann"}, 1s, start);
    cache.keep(question(1), {"bob"}, 5s, start);
    CHECK(cache.size() == 1);
    CHECK(cache.find(question(1), start + 4s)->id() == "bob");
    cache.keep(question(1), {"bob"}, 0s, start);
    CHECK(cache.size() == 0);
    CHECK_FALSE(cache.find(question(1), start));
}

TEST_CASE("of too many answers the one that was used the longest ago goes") {
    answer_cache cache(3);
    for (int n = 1; n <= 3; ++n) {
        cache.keep(question(n), {std::to_string(n)}, 1h, start);
    }
    REQUIRE(cache.find(question(1), start));
    cache.keep(question(4), {"4"}, 1h, start);
    CHECK(cache.size() == 3);
    CHECK_FALSE(cache.find(question(2), start));
    for (const int n : {1, 3, 4}) {
        CAPTURE(n);
        CHECK(cache.find(question(n), start)->id() == std::to_string(n));
    }
    for (int n = 0; n < 1000; ++n) {
        cache.keep(question(n), {"x"}, 1h, start);
        CHECK(cache.size() == 3);
    }
}

TEST_CASE("a cache of nothing keeps nothing") {
    answer_cache none(0);
    none.keep(question(1), {"ann"}, 1h, start);
    CHECK(none.size() == 0);
    CHECK_FALSE(none.find(question(1), start));
}
