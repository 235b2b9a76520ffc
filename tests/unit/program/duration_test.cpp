#include "program/duration.hpp"

#include <doctest/doctest.h>

using namespace gim::program;
using namespace std::chrono_literals;

TEST_CASE("durations are read as Go writes them") {
    struct row {
        const char* text;
        duration value;
    };
    const row rows[] = {
        {"0", 0s},
        {"+0", 0s},
        {"0s", 0s},
        {"200ms", 200ms},
        {"1m30s", 90s},
        {"1m0s", 60s},
        {"24h0m0s", 24h},
        {"1.5s", 1500ms},
        {".5s", 500ms},
        {"1.s", 1s},
        {"100us", 100us},
        {"100\u00B5s", 100us},
        {"100\u03BCs", 100us},
        {"7ns", 7ns},
        {"-1.5h", -90min},
        {"1s1s", 2s},
        {"0.000000001s", 1ns},
        {"0.3333333333333333333h", 1199999999999ns},
        {"9223372036854775807ns", duration::max()},
    };
    for (const row& r : rows) {
        CAPTURE(r.text);
        CHECK(parse_duration(r.text) == r.value);
    }
}

TEST_CASE("what is no duration is refused") {
    for (const char* text :
         {"",
          "-",
          "+",
          "s",
          "1",
          "1.5",
          ".s",
          ".",
          "1 s",
          " 1s",
          "1s ",
          "1x",
          "1S",
          "1sm",
          "s1",
          "1,5s",
          "--1s",
          "1e3s",
          "0x1s",
          "1s-1s",
          "9223372036854775808ns",
          "2562048h",
          "99999999999999999999999999999999999999999s"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_duration(text).has_value());
    }
}

TEST_CASE("a duration is written in the shortest form that reads back") {
    struct row {
        duration value;
        const char* text;
    };
    const row rows[] = {
        {0s, "0s"},
        {1ns, "1ns"},
        {1500ns, "1.5us"},
        {100us, "100us"},
        {200ms, "200ms"},
        {999999us, "999.999ms"},
        {1s, "1s"},
        {1500ms, "1.5s"},
        {60s, "1m"},
        {90s, "1m30s"},
        {24h, "24h"},
        {1h + 1s, "1h1s"},
        {1h + 50ms, "1h0.05s"},
        {-90s, "-1m30s"},
    };
    for (const row& r : rows) {
        CAPTURE(r.text);
        CHECK(to_string(r.value) == r.text);
        CHECK(parse_duration(r.text) == r.value);
    }
}
