#include "tools/load/marker.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>

using namespace gim::load;
using namespace std::chrono_literals;

namespace {

using time_point = std::chrono::steady_clock::time_point;

std::string written(const marker& m) {
    std::string text(marker::length, ' ');
    m.write(text.data());
    return text;
}

}  // namespace

TEST_CASE("a marker is read as it was written") {
    const marker all[] = {
        {0, 0, time_point(0ns)},
        {1, 2, time_point(3ns)},
        {0xabcd, 0x12345678, time_point(0x0123456789abcdefns)},
        {std::numeric_limits<std::uint16_t>::max(),
         std::numeric_limits<std::uint32_t>::max(),
         time_point::max()},
    };
    for (const marker& m : all) {
        marker read;
        REQUIRE(read.read(written(m).data()));
        CHECK(read.sender == m.sender);
        CHECK(read.index == m.index);
        CHECK(read.intended == m.intended);
    }
}

TEST_CASE("a marker begins with ~ and holds nothing that an encoding would change") {
    const std::string text = written({0xfedc, 0xba987654, time_point(0x3210fedcba987654ns)});
    CHECK(text[0] == '~');
    CHECK(text.find_first_not_of("@ABCDEFGHIJKLMNO", 1) == std::string::npos);
}

TEST_CASE("what holds any other byte is no marker") {
    const std::string good = written({0x1234, 0x56789abc, time_point(0x123456789abcdefns)});
    for (std::size_t i = 1; i < good.size(); ++i) {
        for (const char c : {'x', 'P', '?', '\0', ' ', '"', '\\', '~', '\xc0', '0'}) {
            std::string bad = good;
            bad[i] = c;
            CAPTURE(i);
            CHECK_FALSE(marker().read(bad.data()));
        }
    }
}
