#include "base/number_text.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <limits>

using namespace gim::base;
using namespace std::chrono_literals;

TEST_CASE("whole numbers are grouped by thousands") {
    CHECK(grouped(0) == "0");
    CHECK(grouped(999) == "999");
    CHECK(grouped(1000) == "1,000");
    CHECK(grouped(1'234'567) == "1,234,567");
    CHECK(grouped(std::numeric_limits<std::uint64_t>::max()) == "18,446,744,073,709,551,615");
}

TEST_CASE("a decimal has three digits, more only before the point") {
    CHECK(decimal_text(0) == "0");
    CHECK(decimal_text(0.12345) == "0.123");
    CHECK(decimal_text(0.9996) == "1.00");
    CHECK(decimal_text(9.996) == "10.0");
    CHECK(decimal_text(99.96) == "100");
    CHECK(decimal_text(12345.6) == "12,346");
    CHECK(decimal_text(-1.5) == "-1.50");
}

TEST_CASE("what is no number, or too large to group, does not end the report") {
    CHECK(decimal_text(std::numeric_limits<double>::quiet_NaN()) == "-");
    CHECK(decimal_text(std::numeric_limits<double>::infinity()) == "-");
    CHECK(decimal_text(1e30) == "1.00e+30");
}

TEST_CASE("durations take the unit that leaves less than a thousand of it") {
    CHECK(duration_text(0ns) == "0 ns");
    CHECK(duration_text(812ns) == "812 ns");
    CHECK(duration_text(12'345ns) == "12.3 us");
    CHECK(duration_text(999'400ns) == "999 us");
    CHECK(duration_text(999'600ns) == "1.00 ms");
    CHECK(duration_text(1050ms) == "1.05 s");
    CHECK(duration_text(2000s) == "2,000 s");
}

TEST_CASE("CPU times stay in nanoseconds while they are compared by those") {
    CHECK(cpu_text(60.34) == "60.3 ns");
    CHECK(cpu_text(3070) == "3,070 ns");
    CHECK(cpu_text(45'100) == "45.1 us");
}

TEST_CASE("bytes have binary units") {
    CHECK(bytes_text(299) == "299 B");
    CHECK(bytes_text(1023) == "1,023 B");
    CHECK(bytes_text(1024) == "1.00 KiB");
    CHECK(bytes_text(64.0 * 1024 * 1024) == "64.0 MiB");
}

TEST_CASE("a small part of all is not rounded away") {
    CHECK(percent_text(0) == "0 %");
    CHECK(percent_text(0.0000012) == "0.00012 %");
    CHECK(percent_text(0.034) == "3.4 %");
    CHECK(percent_text(0.976) == "98 %");
    CHECK(percent_text(1.5) == "150 %");
}

TEST_CASE("an axis says round numbers without needless digits") {
    CHECK(compact_text(0) == "0");
    CHECK(compact_text(950) == "950");
    CHECK(compact_text(12'500) == "12.5k");
    CHECK(compact_text(3e6) == "3M");
    CHECK(duration_tick(5ms) == "5 ms");
    CHECK(duration_tick(1500ms) == "1.5 s");
}

TEST_CASE("nouns follow their number") {
    CHECK(plural("delivery") == "deliveries");
    CHECK(plural("answer") == "answers");
    CHECK(count_of(1, "core") == "1 core");
    CHECK(count_of(1000, "core") == "1,000 cores");
}
