#include "tools/report/chart_scale.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using gim::report::linear_scale;
using gim::report::log_scale;

namespace {

void check_ticks(const std::vector<double>& found, const std::vector<double>& wanted) {
    REQUIRE(found.size() == wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        CHECK(found[i] == doctest::Approx(wanted[i]));
    }
}

}  // namespace

TEST_CASE("a linear axis begins at 0 and ends at a round number that holds the highest") {
    const linear_scale scale(2'700'000, 4);
    check_ticks(scale.ticks(), {0, 1e6, 2e6, 3e6});
    CHECK(scale.place(0) == 0);
    CHECK(scale.place(1.5e6) == doctest::Approx(0.5));
    CHECK(scale.place(2.7e6) == doctest::Approx(0.9));
}

TEST_CASE("a linear axis without a value has a length") {
    check_ticks(linear_scale(0, 4).ticks(), {0, 0.5, 1});
    CHECK(linear_scale(0, 4).place(0) == 0);
}

TEST_CASE("a short logarithmic axis has ticks at 1, 2 and 5, a long one at powers of ten") {
    check_ticks(log_scale(2.1, 93).ticks(), {2, 5, 10, 20, 50, 100});
    check_ticks(log_scale(1, 9000).ticks(), {1, 10, 100, 1000, 10'000});
}

TEST_CASE("a logarithmic axis gives each factor of ten the same room") {
    const log_scale scale(1, 1000);
    CHECK(scale.place(1) == 0);
    CHECK(scale.place(10) == doctest::Approx(1.0 / 3));
    CHECK(scale.place(100) == doctest::Approx(2.0 / 3));
    CHECK(scale.place(1000) == doctest::Approx(1));
}

TEST_CASE("a logarithmic axis takes any values, and puts each within its length") {
    for (const auto& [low, high] : std::vector<std::pair<double, double>>{
             {5, 5}, {0, 0}, {0, 10}, {-3, 7}, {7, 3}, {1, 1e12}}) {
        const log_scale scale(low, high);
        CHECK(scale.ticks().size() >= 2);
        for (const double value : {low, high, -1.0, 0.0, 1e15}) {
            const double place = scale.place(value);
            CHECK(place >= 0);
            CHECK(place <= 1);
        }
    }
}
