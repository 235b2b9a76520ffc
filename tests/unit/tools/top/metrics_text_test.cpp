#include "tools/top/metrics_text.hpp"

#include "tools/top/quantile.hpp"

#include <doctest/doctest.h>

#include <limits>

using gim::top::buckets;
using gim::top::metrics_text;
using gim::top::quantile;

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
}

TEST_CASE("series are added up by name, and by one of their labels") {
    const auto m = metrics_text::parse(
        "# HELP gim_closes_total Closes.\n"
        "# TYPE gim_closes_total counter\n"
        "gim_closes_total{code=\"1001\"} 3\n"
        "gim_closes_total{code=\"4000\"} 4\n"
        "\n"
        "gim_build_info{version=\"2.0 \\\"x\\\\\\n\"} 1\n"
        "process_cpu_seconds_total 12.5\n"
        "odd 1e+09\n"
    );
    REQUIRE(m);
    CHECK(m->sum("gim_closes_total") == 7);
    CHECK(m->sum("gim_closes_total", "code", "4000") == 4);
    CHECK(m->sum("gim_closes_total", "code", "1") == 0);
    CHECK(m->sum("nothing") == 0);
    CHECK(m->sum("process_cpu_seconds_total") == 12.5);
    CHECK(m->sum("odd") == 1e9);
    CHECK(m->label("gim_build_info", "version") == "2.0 \"x\\\n");
    CHECK(m->label("gim_build_info", "x").empty());
    CHECK(m->label("nothing", "x").empty());
}

TEST_CASE("what is not that format is not read in part") {
    for (const auto* bad :
         {"a 1",
          "a\n",
          "a  1\n",
          "a 1 2\n",
          "a x\n",
          "{a=\"1\"} 1\n",
          "a{b} 1\n",
          "a{b=1} 1\n",
          "a{b=\"1} 1\n",
          "a{b=\"1\\",
          "a{b=\"1\" c=\"2\"} 1\n",
          "a{b=\"1\"\n",
          "<html>\n",
          "ok 1\n\xff\n"}) {
        CAPTURE(bad);
        CHECK(!metrics_text::parse(bad));
    }
    CHECK(metrics_text::parse(""));
    CHECK(metrics_text::parse("a{b=\"1\",} 1\n"));
}

TEST_CASE("a histogram is added up over its other labels") {
    const auto m = metrics_text::parse(
        "d_bucket{op=\"a\",le=\"0.1\"} 1\n"
        "d_bucket{op=\"a\",le=\"+Inf\"} 2\n"
        "d_bucket{op=\"b\",le=\"0.1\"} 10\n"
        "d_bucket{op=\"b\",le=\"+Inf\"} 20\n"
    );
    REQUIRE(m);
    CHECK(m->histogram("d") == buckets{{0.1, 11}, {infinity, 22}});
    CHECK(m->histogram("e").empty());
}

TEST_CASE("a quantile is of what came between two readings") {
    const buckets before{{0.1, 100}, {0.2, 100}, {infinity, 100}};
    const buckets after{{0.1, 150}, {0.2, 200}, {infinity, 200}};
    CHECK(*quantile(before, after, 0.5) == doctest::Approx(0.1));
    CHECK(*quantile(before, after, 0.25) == doctest::Approx(0.05));
    CHECK(*quantile(before, after, 0.75) == doctest::Approx(0.15));
    CHECK(*quantile({}, {{0.1, 0}, {0.2, 1}, {infinity, 10}}, 0.99) == doctest::Approx(0.2));
    CHECK(!quantile(after, after, 0.5));
    CHECK(!quantile(after, before, 0.5));  // the server has begun anew
    CHECK(!quantile({}, {}, 0.5));
}
