#include "observe/trace/recorder.hpp"

#include "support/caught_log.hpp"
#include "support/show_result.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <string>

using namespace std::chrono_literals;
using gim::stats::log_field;
using gim::trace::recorder;
using outcome = recorder::outcome;

namespace {

const recorder::clock::time_point start{1h};

outcome record(recorder& r, std::string_view user, recorder::clock::time_point now = start) {
    const std::array<log_field, 3> step{
        {{"step", "stored"}, {"us", std::uint64_t{41}}, {"session", ""}}};
    return r.record(user, step, now);
}

}  // namespace

TEST_CASE_FIXTURE(gim::test::caught_log, "a step is a line at info whatever the level, and kept") {
    spdlog::set_level(spdlog::level::off);
    recorder r({});
    CHECK(record(r, "ada") == outcome::not_traced);
    REQUIRE(r.start("ada", std::nullopt));
    CHECK(record(r, "ada") == outcome::written);
    CHECK(record(r, "bob") == outcome::not_traced);
    CHECK(text.str() == "info trace user=ada step=stored us=41\n");
    const auto seen = r.find("ada");
    REQUIRE(seen);
    REQUIRE(seen->steps.size() == 1);
    const auto step = nlohmann::json::parse(seen->steps[0]);
    CHECK(step.at("step") == "stored");
    CHECK(step.at("us") == 41);
    CHECK(step.at("time").is_number_integer());
    CHECK(!step.contains("session"));
    CHECK(!r.find("bob"));
}

TEST_CASE_FIXTURE(
    gim::test::caught_log,
    "lines beyond the rate are held back and counted, and kept all the same"
) {
    recorder r({.users = 2, .lines = {10, 20}, .kept = 25});
    REQUIRE(r.start("ada", std::nullopt));
    REQUIRE(r.start("bob", std::nullopt));
    for (int i = 0; i < 20; ++i) {
        CHECK(record(r, "ada") == outcome::written);
    }
    for (int i = 0; i < 7; ++i) {
        CHECK(record(r, "ada") == outcome::held_back);
    }
    CHECK(record(r, "bob") == outcome::written);  // each has lines of their own
    CHECK(record(r, "ada", start + 100ms) == outcome::written);
    CHECK(record(r, "ada", start + 199ms) == outcome::held_back);
    CHECK(record(r, "ada", start + 1h) == outcome::written);
    const auto all = lines();
    REQUIRE(all.size() == 23);
    CHECK(all[19] == "info trace user=ada step=stored us=41");
    CHECK(all[21] == "info trace user=ada step=stored us=41; 7 more like it before");
    CHECK(all[22] == "info trace user=ada step=stored us=41; 1 more like it before");
    const auto seen = r.find("ada");
    REQUIRE(seen);
    CHECK(seen->held_back == 8);
    CHECK(seen->steps.size() == 25);
}

TEST_CASE("no more users are traced than may be, and one who is may be prolonged") {
    recorder r({.users = 2});
    REQUIRE(r.start("ada", start + 1min));
    REQUIRE(r.start("bob", std::nullopt));
    const auto refused = r.start("cleo", std::nullopt);
    REQUIRE(!refused);
    CHECK(refused.error().code == gim::model::status::too_many);
    CHECK(refused.error().message.find("--max-traced-users") != std::string::npos);
    REQUIRE(r.start("ada", start + 2min));
    CHECK(r.find("ada")->until == start + 2min);
    CHECK(r.stop("bob"));
    CHECK(!r.stop("bob"));
    CHECK(r.start("cleo", std::nullopt));
    CHECK(!recorder({.users = 0}).start("ada", std::nullopt));
}

TEST_CASE("a trace ends when its time is over") {
    recorder r({});
    CHECK(!r.next_end());
    REQUIRE(r.start("bob", start + 20s));
    REQUIRE(r.start("ada", start + 10s));
    REQUIRE(r.start("cleo", std::nullopt));
    CHECK(r.next_end() == start + 10s);
    CHECK(r.take_ended(start + 9s).empty());
    CHECK(r.take_ended(start + 10s) == std::vector<std::string>{"ada"});
    CHECK(r.next_end() == start + 20s);
    CHECK(r.take_ended(start + 1h) == std::vector<std::string>{"bob"});
    CHECK(!r.next_end());
    const auto left = r.all();
    REQUIRE(left.size() == 1);
    CHECK(left[0].user == "cleo");
}
