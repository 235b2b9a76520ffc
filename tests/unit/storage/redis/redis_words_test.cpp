#include "storage/redis/redis_words.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string_view>

using gim::storage::take_last_number;
using gim::storage::take_number;
using gim::storage::take_word;

TEST_CASE("words are taken from the left, each with the space behind it") {
    std::string_view rest = "one  three four";
    CHECK(take_word(rest) == "one");
    CHECK(rest == " three four");
    CHECK(take_word(rest) == "");
    CHECK(take_word(rest) == "three");
    CHECK(rest == "four");
    // The last one has no space behind it: it is not known to be whole.
    CHECK(take_word(rest) == "");
    CHECK(rest == "");
    CHECK(take_word(rest) == "");
}

TEST_CASE("numbers are digits and nothing else, within their type") {
    std::uint64_t n = 7;
    CHECK(take_last_number("18446744073709551615", n));
    CHECK(n == 18446744073709551615U);
    CHECK(take_last_number("007", n));
    CHECK(n == 7);
    for (const std::string_view text :
         {"", " ", "x", "1x", "1 ", " 1", "+1", "-1", "1.0", "0x1", "18446744073709551616"}) {
        CAPTURE(text);
        CHECK_FALSE(take_last_number(text, n));
    }
    std::int64_t below = 0;
    CHECK(take_last_number("-9223372036854775808", below));
    CHECK(below < 0);
    CHECK_FALSE(take_last_number("-9223372036854775809", below));
    std::uint32_t small = 0;
    CHECK_FALSE(take_last_number("4294967296", small));
}

TEST_CASE("a number in front is taken with its space") {
    std::string_view rest = "12 34";
    std::uint64_t n = 0;
    CHECK(take_number(rest, n));
    CHECK(n == 12);
    CHECK(rest == "34");
    CHECK_FALSE(take_number(rest, n));
}
