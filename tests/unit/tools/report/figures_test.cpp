#include "tools/report/figures.hpp"

#include "unit/tools/report/measurements.hpp"

#include <doctest/doctest.h>

#include <chrono>

using gim::load::measurement;
using namespace gim::report;
using namespace std::chrono_literals;

TEST_CASE("figures are ratios of what was measured") {
    const figures f(good_run());
    CHECK(f.offered_per_second.value() == doctest::Approx(4000));
    CHECK(f.delivered_per_second.value() == doctest::Approx(4'000'000));
    CHECK(f.bytes_per_unit.value() == doctest::Approx(300));
    CHECK(f.units_per_frame.value() == doctest::Approx(10));
    CHECK(f.server_ns_per_unit.value() == doctest::Approx(240));
    CHECK(f.server_user_ns_per_unit.value() == doctest::Approx(60));
    CHECK(f.server_system_ns_per_unit.value() == doctest::Approx(180));
    CHECK(f.server_core_share.value() == doctest::Approx(0.96));
    CHECK(f.generator_core_share.value() == doctest::Approx(0.5));
}

TEST_CASE("what was not measured has no figure") {
    const figures f{measurement{}};
    CHECK_FALSE(f.offered_per_second);
    CHECK_FALSE(f.delivered_per_second);
    CHECK_FALSE(f.bytes_per_unit);
    CHECK_FALSE(f.units_per_frame);
    CHECK_FALSE(f.server_ns_per_unit);
    CHECK_FALSE(f.server_core_share);
    CHECK_FALSE(f.server_saturated);
    CHECK_FALSE(f.has_losses_counted);
}

TEST_CASE("who used nine tenths of his cores was saturated, and nobody whose cores are unknown") {
    auto m = good_run();
    CHECK(figures(m).server_saturated == true);
    CHECK(figures(m).generator_saturated == false);
    m.server_cores = 2;
    CHECK(figures(m).server_saturated == false);
    m.server_cores = 0;
    CHECK_FALSE(figures(m).server_saturated.has_value());
}

TEST_CASE("the CPU of Redis is that of a message, and on a shared core its load is that of both") {
    auto m = redis_run();
    CHECK(figures(m).redis_ns_per_message.value() == doctest::Approx(10'000));
    CHECK(figures(m).redis_core_share.value() == doctest::Approx(0.04));
    CHECK(figures(m).redis_saturated == false);
    m.redis->cpu.user = 900ms;  // with the generator's 1 s of 2 s that is 96 %
    CHECK(figures(m).redis_saturated == false);
    CHECK(figures(m).generator_saturated == false);
    m.redis->shares_generator_core = true;
    CHECK(figures(m).redis_saturated == true);
    CHECK(figures(m).generator_saturated == true);
    CHECK_FALSE(figures(good_run()).redis_ns_per_message);
    CHECK_FALSE(figures(good_run()).redis_saturated);
}

TEST_CASE("one delivery that is lost, doubled or out of order is enough for a run not to be intact"
) {
    CHECK(figures(good_run()).is_intact);
    for (const auto counter :
         {&measurement::lost, &measurement::duplicated, &measurement::out_of_order}) {
        auto m = good_run();
        m.*counter = 1;
        CHECK_FALSE(figures(m).is_intact);
        // Also where nobody said how many were expected.
        m.expected = 0;
        CHECK(figures(m).has_losses_counted);
    }
}
