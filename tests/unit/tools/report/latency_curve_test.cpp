#include "tools/report/latency_curve.hpp"

#include "unit/tools/report/measurements.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <string>

using gim::load::latency_histogram;
using namespace gim::report;
using namespace std::chrono_literals;

namespace {

// The height of the dot with this label, as a part of the plot.
double height_of(const std::string& chart, const std::string& label) {
    const auto text = chart.find(">" + label);
    REQUIRE(text != std::string::npos);
    const std::string attribute = "cy=\"";
    const auto at = chart.rfind(attribute, text) + attribute.size();
    return 1 - std::strtod(chart.c_str() + at, nullptr) / 100;
}

}  // namespace

TEST_CASE("the curve is marked where half, 99 of 100, and all were done") {
    latency_histogram latency;
    latency.add(1ms, 900);
    latency.add(10ms, 95);
    latency.add(100ms, 5);
    const auto chart = latency_curve(latency, "delivery");
    CHECK(contains(chart, ">p50 1.0"));
    CHECK(contains(chart, ">p99 10."));
    CHECK(contains(chart, ">max 100&nbsp;ms"));
    // On a logarithmic axis ten times as long is the same way up again.
    const double first = height_of(chart, "p99 ") - height_of(chart, "p50 ");
    const double second = height_of(chart, "max ") - height_of(chart, "p99 ");
    CHECK(first > 0.2);
    CHECK(first == doctest::Approx(second).epsilon(0.05));
}

TEST_CASE("the axis goes to the nines that so many values can tell of") {
    latency_histogram latency;
    latency.add(1ms, 1000);
    CHECK(contains(latency_curve(latency, "delivery"), ">99.9 %</text>"));
    CHECK_FALSE(contains(latency_curve(latency, "delivery"), ">99.99 %</text>"));
    latency.add(1ms, 999'000);
    CHECK(contains(latency_curve(latency, "delivery"), ">99.999 %</text>"));
    CHECK_FALSE(contains(latency_curve(latency, "delivery"), "99.9999"));
}

TEST_CASE("values that are all alike, of no length or endless are drawn within the plot") {
    for (const auto d : {0ns, 1ns, 5'000'000ns, std::chrono::nanoseconds(10'000s)}) {
        latency_histogram latency;
        latency.add(d, 3);
        const auto chart = latency_curve(latency, "delivery");
        CHECK(height_of(chart, "max ") >= 0);
        CHECK(height_of(chart, "max ") <= 1);
        CHECK_FALSE(contains(chart, "nan"));
        CHECK_FALSE(contains(chart, "inf"));
    }
}

TEST_CASE("nothing measured is nothing drawn") {
    CHECK(latency_curve(latency_histogram(), "delivery").empty());
}
