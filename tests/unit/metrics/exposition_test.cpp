#include "metrics/exposition.hpp"

#include "readings.hpp"
#include "stats/counter_family.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace gim;
using metrics::exposition;
using metrics::readings;
using test::samples_of;

TEST_CASE("every event has one series of its own, from the beginning") {
    readings r;
    CHECK(samples_of(exposition(r)).at("gim_closes_total{code=\"4000\"}") == 0);
    std::set<std::string> seen;
    for (const auto& e : stats::events) {
        CAPTURE(e.name);
        readings one;
        one.events[static_cast<std::size_t>(e.what)] = 7;
        const auto& family = about(e.family);
        auto series = std::string(family.name);
        if (!family.label.empty()) {
            series.append("{").append(family.label).append("=\"").append(e.series).append("\"}");
        }
        const auto samples = samples_of(exposition(one));
        REQUIRE(samples.contains(series));
        CHECK(samples.at(series) == 7);
        CHECK(seen.insert(series).second);
    }
}

TEST_CASE("every gauge tells its own number") {
    for (const auto& g : metrics::gauge_table) {
        CAPTURE(g.name);
        readings r;
        r.now.*g.from = 9;
        auto series = std::string(g.name);
        if (!g.label.empty()) {
            series.append("{").append(g.label).append("=\"").append(g.series).append("\"}");
        }
        const auto samples = samples_of(exposition(r));
        REQUIRE(samples.contains(series));
        CHECK(samples.at(series) == 9);
    }
}

TEST_CASE("a family is told once, with its help and type before its series") {
    const auto text = exposition(readings());
    const std::string expected =
        "# HELP gim_connections Open connections, by door.\n"
        "# TYPE gim_connections gauge\n"
        "gim_connections{door=\"gateway\"} 0\n"
        "gim_connections{door=\"api\"} 0\n";
    CHECK(text.find(expected) != std::string::npos);
    CHECK(text.find("# TYPE gim_logins_total counter\ngim_logins_total 0\n") != std::string::npos);
    CHECK(text.find("# TYPE gim_connections ") == text.rfind("# TYPE gim_connections "));
    CHECK(text.back() == '\n');
}

TEST_CASE("what a label says is escaped, so that it ends no line and no string") {
    readings r;
    r.version = "2\"\n\\";
    CHECK(exposition(r).find("gim_build_info{version=\"2\\\"\\n\\\\\"} 1\n") != std::string::npos);
}

TEST_CASE("large counts are exact, and fractions are kept") {
    readings r;
    r.events[static_cast<std::size_t>(stats::event::byte_sent)] = 123'456'789'012'345;
    r.process.cpu_seconds = 12.34;
    const auto samples = samples_of(exposition(r));
    CHECK(samples.at("gim_websocket_sent_bytes_total") == 123'456'789'012'345.0);
    CHECK(samples.at("process_cpu_seconds_total") == doctest::Approx(12.34));
}
