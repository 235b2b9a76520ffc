#include "observe/metrics/exposition.hpp"

#include "observe/stats/counter_family.hpp"
#include "readings.hpp"

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

TEST_CASE("every distribution has one series of its own, with the buckets of its family") {
    for (const auto& d : stats::distributions) {
        if (d.what == stats::distribution::worker_lag) {
            continue;
        }
        const auto& f = about(d.family);
        CAPTURE(f.name);
        CAPTURE(d.series);
        readings one;
        auto& h = one.histograms[static_cast<std::size_t>(d.what)];
        h.buckets[0] = 2;
        h.buckets[1] = 1;
        h.buckets.back() = 4;
        h.sum = 3'000'000'000;
        auto labels = std::string(f.label);
        if (!labels.empty()) {
            labels.append("=\"").append(d.series).append("\"");
        }
        const auto name = std::string(f.name);
        const auto outer = labels.empty() ? labels : "{" + labels + "}";
        const auto inner = labels.empty() ? labels : labels + ",";
        const auto samples = samples_of(exposition(one));
        REQUIRE(samples.contains(name + "_count" + outer));
        CHECK(samples.at(name + "_count" + outer) == 7);
        CHECK(samples.at(name + "_sum" + outer) == (f.in == stats::unit::one ? 3e9 : 3));
        CHECK(samples.at(name + "_bucket{" + inner + "le=\"+Inf\"}") == 7);
        std::size_t buckets = 0;
        for (const auto& [series, value] : samples) {
            if (series.starts_with(name + "_bucket{" + inner + "le=")) {
                ++buckets;
                CHECK((value == 2 || value == 3 || value == 7));
            }
        }
        CHECK(buckets == f.bounds.size() + 1);
    }
}

TEST_CASE("bounds are told in seconds, as they are written, and counts as they are") {
    readings r;
    auto& late = r.histograms[static_cast<std::size_t>(stats::distribution::push_lateness)];
    late.buckets[0] = 1;
    late.sum = 50'000;
    const auto text = exposition(r);
    const std::string expected =
        "# TYPE gim_push_lateness_seconds histogram\n"
        "gim_push_lateness_seconds_count 1\n"
        "gim_push_lateness_seconds_sum 5e-05\n"
        "gim_push_lateness_seconds_bucket{le=\"0.0001\"} 1\n"
        "gim_push_lateness_seconds_bucket{le=\"0.00025\"} 1\n";
    CHECK(text.find(expected) != std::string::npos);
    CHECK(text.find("gim_batch_messages_bucket{le=\"10\"} 0\n") != std::string::npos);
}

TEST_CASE("the lag of each worker is told apart") {
    readings r;
    r.worker_lags.resize(2);
    r.worker_lags[1].buckets[3] = 5;
    const auto samples = samples_of(exposition(r));
    CHECK(samples.at("gim_worker_loop_lag_seconds_count{worker=\"0\"}") == 0);
    CHECK(samples.at("gim_worker_loop_lag_seconds_count{worker=\"1\"}") == 5);
    CHECK_FALSE(samples.contains("gim_worker_loop_lag_seconds_count{worker=\"2\"}"));
}
