#include "tools/report/sample_groups.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <numeric>
#include <vector>

using gim::load::sample;
using namespace gim::report;
using namespace std::chrono_literals;

namespace {

std::vector<sample> run_of(int samples) {
    std::vector<sample> out;
    for (int i = 1; i <= samples; ++i) {
        sample s;
        s.at = i * 100ms;
        s.delivered = 1000;
        s.p50 = 1ms;
        s.p99 = 2ms;
        s.server = {10ms, 20ms};
        out.push_back(s);
    }
    return out;
}

}  // namespace

TEST_CASE("few samples are a group each") {
    const auto groups = grouped_samples(run_of(3), 10);
    REQUIRE(groups.size() == 3);
    CHECK(groups[0].from == 0ms);
    CHECK(groups[2].from == 200ms);
    CHECK(groups[2].upto == 300ms);
    CHECK(groups[2].per_second() == doctest::Approx(10'000));
}

TEST_CASE("many samples are thinned without losing one, and the worst latency stays") {
    auto samples = run_of(5003);
    samples[2500].p99 = 90ms;
    samples[2500].p50 = 40ms;
    samples[2501].max = 95ms;
    const auto groups = grouped_samples(samples, 100);
    CHECK(groups.size() <= 100);
    std::uint64_t delivered = 0;
    std::chrono::nanoseconds system{0};
    std::chrono::nanoseconds worst{0};
    std::chrono::nanoseconds its_p50{0};
    std::chrono::nanoseconds max{0};
    for (const auto& g : groups) {
        delivered += g.delivered;
        system += g.server.system;
        max = std::max(max, g.max);
        if (g.p99 > worst) {
            worst = g.p99;
            its_p50 = g.p50;
        }
    }
    CHECK(delivered == 5'003'000);
    CHECK(system == 5003 * 20ms);
    CHECK(worst == 90ms);
    CHECK(its_p50 == 40ms);
    CHECK(max == 95ms);
    CHECK(groups.back().upto == 500'300ms);
}

TEST_CASE("samples of the same moment are one group, as a group without a length has no rate") {
    auto samples = run_of(3);
    samples[0].at = 0ms;
    samples[2].at = samples[1].at;
    const auto groups = grouped_samples(samples, 10);
    REQUIRE(groups.size() == 1);
    CHECK(groups[0].from == 0ms);
    CHECK(groups[0].upto == 200ms);
    CHECK(groups[0].delivered == 3000);
}

TEST_CASE("without samples there are no groups") {
    CHECK(grouped_samples({}, 10).empty());
}
