#include "tools/load/latency_histogram.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace gim::load;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;

namespace {

// From a microsecond to minutes, most of them short, as latencies are.
std::vector<nanoseconds> sorted_latencies(std::size_t n) {
    std::mt19937 random(7);
    std::lognormal_distribution<double> latencies(std::log(2e6), 2.0);
    std::vector<nanoseconds> all;
    for (std::size_t i = 0; i < n; ++i) {
        all.emplace_back(std::max<std::int64_t>(1000, std::llround(latencies(random))));
    }
    std::sort(all.begin(), all.end());
    return all;
}

}  // namespace

TEST_CASE("percentiles are within one percent of the exact ones") {
    const auto exact = sorted_latencies(20'000);
    latency_histogram h;
    for (const nanoseconds d : exact) {
        h.add(d);
    }
    CHECK(h.count() == exact.size());
    CHECK(h.max() == exact.back());
    for (const double p : {0.0001, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0}) {
        CAPTURE(p);
        const auto rank = static_cast<std::size_t>(std::ceil(p * 20'000)) - 1;
        const auto got = static_cast<double>(h.percentile(p).count());
        CHECK(got == doctest::Approx(static_cast<double>(exact[rank].count())).epsilon(0.0101));
        CHECK(h.percentile(p) <= h.max());
    }
}

TEST_CASE("an empty histogram has no latency") {
    const latency_histogram h;
    CHECK(h.count() == 0);
    CHECK(h.percentile(0.5) == 0ns);
    CHECK(h.max() == 0ns);
    CHECK(h.steps().empty());
}

TEST_CASE("two histograms together are the histogram of all") {
    latency_histogram a;
    latency_histogram b;
    a.add(1ms, 99);
    b.add(5s);
    a.add(b);
    CHECK(a.count() == 100);
    CHECK(a.max() == 5s);
    CHECK(a.percentile(0.99) < 2ms);
    CHECK(a.percentile(1.0) == 5s);
}

TEST_CASE("what is shorter or longer than the bins is counted in the first or the last") {
    latency_histogram h;
    h.add(-5ns);
    h.add(0ns);
    h.add(999ns);
    h.add(10'000s);
    CHECK(h.count() == 4);
    CHECK(h.max() == 10'000s);
    const auto steps = h.steps();
    REQUIRE(steps.size() == 2);
    CHECK(steps[0].count == 3);
    CHECK(steps[1].count == 1);
}
