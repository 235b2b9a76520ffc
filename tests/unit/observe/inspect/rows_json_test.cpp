#include "observe/inspect/rows_json.hpp"

#include "observe/stats/distribution.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace gim;
using nlohmann::json;

TEST_CASE("a connection is told with times in ms, and without a user while nobody has logged in") {
    inspect::connection_row row;
    row.figures.id = 7;
    row.figures.connected = std::chrono::seconds(90);
    row.figures.oldest = std::chrono::microseconds(1999);
    row.figures.outbox_bytes = 1234;
    row.address = "192.0.2.1";
    row.state = "logging in";
    row.form = "json";
    const auto one = json::parse(inspect::to_json(5, std::vector{row}));
    CHECK(one["total"] == 5);
    CHECK(one["items"].size() == 1);
    const auto& seen = one["items"][0];
    CHECK(seen["id"] == 7);
    CHECK(seen["connected_ms"] == 90'000);
    CHECK(seen["oldest_ms"] == 1);
    CHECK(seen["outbox_bytes"] == 1234);
    CHECK(seen["state"] == "logging in");
    CHECK_FALSE(seen.contains("user"));

    row.user = "1001";
    row.name = "says \"who\"\n";
    const auto named = json::parse(inspect::to_json(1, std::vector{row, row}));
    CHECK(named["items"].size() == 2);
    CHECK(named["items"][1]["user"] == "1001");
    CHECK(named["items"][1]["name"] == "says \"who\"\n");
}

TEST_CASE("of nothing an empty list is told") {
    const auto none = json::parse(inspect::to_json(0, std::vector<inspect::room_row>()));
    CHECK(none == json{{"total", 0}, {"items", json::array()}});
}

TEST_CASE("the rate of a room has three digits behind the point") {
    inspect::room_row row;
    row.id = "9999";
    row.rate = 2.0 / 3;
    const auto text = inspect::to_json(1, std::vector{row});
    CHECK(text.find("\"rate\":0.667,") != std::string::npos);
    CHECK(json::parse(text)["items"][0]["id"] == "9999");
}

TEST_CASE("the lag of a worker is told by bounds that it was below") {
    inspect::process_rows all;
    all.version = "1.2.3";
    all.workers.resize(2);
    all.workers[1].index = 1;
    stats::histogram seen;
    const auto bounds = stats::family_of(stats::distribution::worker_lag).bounds;
    for (int i = 0; i < 98; ++i) {
        seen.observe(bounds, bounds[0]);
    }
    seen.observe(bounds, bounds[2]);
    seen.observe(bounds, bounds.back() + 1);
    all.workers[1].lag = seen.read();
    const auto told = json::parse(inspect::to_json(all));
    CHECK(told["version"] == "1.2.3");
    CHECK(told["items"][0]["lag_p99_ms"] == 0);
    CHECK(told["items"][1]["worker"] == 1);
    CHECK(told["items"][1]["lag_p50_ms"] == static_cast<double>(bounds[0]) / 1e6);
    CHECK(told["items"][1]["lag_p99_ms"] == static_cast<double>(bounds[2]) / 1e6);
}
