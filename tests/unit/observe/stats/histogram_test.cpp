#include "observe/stats/histogram.hpp"

#include "observe/stats/counters.hpp"
#include "observe/stats/distribution.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <numeric>
#include <set>
#include <string_view>

using namespace gim::stats;
using namespace std::chrono_literals;

namespace {

constexpr std::array<std::uint64_t, 3> bounds_of_test{10, 20, 50};

std::uint64_t count_of(const histogram_reading& r) {
    return std::accumulate(r.buckets.begin(), r.buckets.end(), std::uint64_t{0});
}

}  // namespace

TEST_CASE("a value goes into the first bucket whose bound it does not exceed") {
    histogram h;
    for (const std::uint64_t value : {0, 10, 11, 20, 21, 50}) {
        h.observe(bounds_of_test, value);
    }
    const auto r = h.read();
    CHECK(r.buckets[0] == 2);
    CHECK(r.buckets[1] == 2);
    CHECK(r.buckets[2] == 2);
    CHECK(count_of(r) == 6);
    CHECK(r.sum == 112);
}

TEST_CASE("what is above every bound goes into the last bucket") {
    histogram h;
    h.observe(bounds_of_test, 51);
    h.observe(bounds_of_test, UINT64_C(1) << 60);
    CHECK(h.read().buckets.back() == 2);
    CHECK(count_of(h.read()) == 2);
}

TEST_CASE("readings of several workers add up") {
    histogram one;
    histogram other;
    one.observe(bounds_of_test, 5);
    other.observe(bounds_of_test, 5);
    other.observe(bounds_of_test, 1000);
    auto sum = one.read();
    sum.add(other.read());
    CHECK(sum.buckets[0] == 2);
    CHECK(sum.buckets.back() == 1);
    CHECK(sum.sum == 1010);
}

TEST_CASE("a distribution is observed for itself, and a time below zero is none") {
    counters c;
    c.observe(distribution::push_lateness, 3ms);
    c.observe(distribution::push_lateness, -3ms);
    c.observe(distribution::batch_messages, 7);
    const auto late = c.read(distribution::push_lateness);
    CHECK(count_of(late) == 2);
    CHECK(late.buckets[0] == 1);
    CHECK(late.sum == 3'000'000);
    CHECK(c.read(distribution::batch_messages).sum == 7);
    CHECK(count_of(c.read(distribution::http_request)) == 0);
}

TEST_CASE("families of histograms are named by the conventions of Prometheus") {
    std::set<std::string_view> names;
    for (const auto& f : histogram_families) {
        CAPTURE(f.name);
        CHECK(f.name.starts_with("gim_"));
        CHECK(f.name.ends_with("_seconds") == (f.in == unit::nanosecond));
        CHECK(f.help.ends_with("."));
        CHECK(f.label != "le");
        names.insert(f.name);
    }
    CHECK(names.size() == histogram_families.size());
}
