#include "observe/inspect/foremost.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <numeric>
#include <vector>

using gim::inspect::foremost;

namespace {

std::vector<int> first_of(std::size_t most, const std::vector<int>& all) {
    foremost<int, std::greater<>> kept(most, {});
    for (const int n : all) {
        const bool takes = kept.takes(n);
        kept.add(n);
        CHECK((takes || kept.takes(n) == false));
    }
    return kept.take();
}

}  // namespace

TEST_CASE("the first so many are kept, in their order, whatever the order they came in") {
    CHECK(first_of(3, {5, 1, 9, 7, 3}) == std::vector<int>{9, 7, 5});
    CHECK(first_of(3, {1, 3, 5, 7, 9}) == std::vector<int>{9, 7, 5});
    CHECK(first_of(3, {9, 7, 5, 3, 1}) == std::vector<int>{9, 7, 5});
    CHECK(first_of(3, {4, 4, 4, 4}) == std::vector<int>{4, 4, 4});
    std::vector<int> many(1000);
    std::iota(many.begin(), many.end(), 0);
    CHECK(first_of(2, many) == std::vector<int>{999, 998});
}

TEST_CASE("fewer are all kept, and of nothing nothing") {
    CHECK(first_of(3, {1, 2}) == std::vector<int>{2, 1});
    CHECK(first_of(3, {}).empty());
    CHECK(first_of(0, {1, 2}).empty());
}

TEST_CASE("after clear() it begins anew") {
    foremost<int, std::greater<>> kept(2, {});
    kept.add(9);
    kept.add(8);
    kept.clear();
    CHECK(kept.takes(1));
    kept.add(1);
    CHECK(kept.take() == std::vector<int>{1});
    CHECK(kept.take().empty());
}
