#include "tools/report/report_json.hpp"

#include "unit/tools/report/measurements.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

using namespace gim::report;
using nlohmann::json;

TEST_CASE("the JSON report has the settings, the counts and the figures of a run") {
    const auto report = json::parse(report_json(good_run()));
    CHECK(report["report_version"] == 1);
    CHECK(report["scenario"] == "fanout");
    CHECK(report["parameters"]["members"] == "1000");
    CHECK(report["command"] == "gim bench fanout --members 1000");
    CHECK(report["server"] == "gim serve --workers 1");
    CHECK(report["machine"]["cores"] == 2);
    CHECK(report["unit"] == "delivery");
    CHECK(report["time_ns"] == 2'000'000'000);
    CHECK(report["connections"] == 1001);
    CHECK(report["offered"] == 8000);
    CHECK(report["delivered"] == 8'000'000);
    CHECK(report["lost"] == 0);
    CHECK(report["lost_share"] == 0);
    CHECK(report["duplicated"] == 0);
    CHECK(report["out_of_order"] == 0);
    CHECK(report["delivered_per_second"] == doctest::Approx(4e6));
    CHECK(report["received_bytes"] == 2'400'000'000);
    CHECK(report["received_frames"] == 800'000);
    CHECK(report["server_cpu_ns_per_unit"] == doctest::Approx(240));
    CHECK(report["server_cpu_user_ns_per_unit"] == doctest::Approx(60));
    CHECK(report["server_core_share"] == doctest::Approx(0.96));
    CHECK(report["server_saturated"] == true);
    CHECK(report["resident_bytes_per_connection"] == 5888);
}

TEST_CASE("the JSON report has what Redis cost, and what it does alone") {
    const auto report = json::parse(report_json(redis_run()));
    CHECK(report["messages_in_time"] == 8000);
    CHECK(report["redis_cpu_user_ns"] == 60'000'000);
    CHECK(report["redis_cpu_system_ns"] == 20'000'000);
    CHECK(report["redis_cpu_ns_per_message"] == doctest::Approx(10'000));
    CHECK(report["redis_core_share"] == doctest::Approx(0.04));
    CHECK(report["redis_saturated"] == false);
    CHECK(report["redis_benchmark_appends_per_second"] == doctest::Approx(90'123.45));
    CHECK(report["redis_benchmark_zadds_per_second"] == 400'000);
}

TEST_CASE("the JSON report has the whole histogram, from which others work out their percentiles") {
    const auto m = good_run();
    const auto latency = json::parse(report_json(m))["latency"];
    CHECK(latency["count"] == 8'000'000);
    CHECK(latency["p99_ns"] == m.latency.percentile(0.99).count());
    CHECK(latency["max_ns"] == 400'000'000);
    std::uint64_t counted = 0;
    std::int64_t longest = 0;
    for (const auto& step : latency["steps"]) {
        counted += step["count"].get<std::uint64_t>();
        CHECK(step["upto_ns"] > longest);
        longest = step["upto_ns"];
    }
    CHECK(latency["steps"].size() == 3);
    CHECK(counted == 8'000'000);
}

TEST_CASE("the JSON report has every sample") {
    const auto samples = json::parse(report_json(good_run()))["samples"];
    REQUIRE(samples.size() == 2);
    CHECK(samples[1]["at_ms"] == 2000);
    CHECK(samples[1]["delivered"] == 5'000'000);
    CHECK(samples[1]["p99_ns"] == 4'000'000);
    CHECK(samples[1]["server_cpu_user_ns"] == 300'000'000);
}

TEST_CASE("what is not known is null in the JSON report, and its key is there") {
    const auto report = json::parse(report_json(idle_run()));
    for (const auto* key :
         {"delivered_per_second",
          "lost_share",
          "server_cpu_user_ns",
          "server_cpu_ns_per_unit",
          "server_core_share",
          "server_saturated",
          "redis_cpu_user_ns",
          "redis_cpu_ns_per_message",
          "redis_saturated",
          "redis_benchmark_appends_per_second",
          "units_per_frame"}) {
        REQUIRE(report.contains(key));
        CHECK(report[key].is_null());
    }
    CHECK(report["latency"]["count"] == 0);
    CHECK(report["samples"].empty());
    CHECK(json::parse(report_json({})).contains("scenario"));
}

TEST_CASE("no byte from outside breaks the JSON report") {
    auto m = good_run();
    m.server = "gim \"\\\n\x01\xff";
    m.notes = {"</script>", "\xc3"};
    const auto report = json::parse(report_json(m));
    CHECK(report["server"].get<std::string>().starts_with("gim \"\\\n\x01"));
    CHECK(report["notes"][0] == "</script>");
    CHECK(report["notes"].size() == 2);
}
