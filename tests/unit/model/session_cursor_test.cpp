#include "model/session_cursor.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>

using namespace gim::model;

TEST_CASE("a cursor is read as it was written, and is no session id") {
    const auto longest = std::string(max_id_bytes, 'z');
    for (const auto time :
         {std::numeric_limits<std::int64_t>::min(),
          std::int64_t{0},
          std::int64_t{1},
          std::int64_t{2},
          std::int64_t{1'800'000'000'000},
          std::numeric_limits<std::int64_t>::max()}) {
        for (const auto& session :
             {session_id::room("r"),
              session_id::between("b", "a"),
              session_id::between(longest, longest)}) {
            const session_cursor cursor{time, session};
            const auto text = to_text(cursor);
            CAPTURE(text);
            CHECK(parse_session_cursor(text) == cursor);
            CHECK_FALSE(session_id::parse(text));
        }
    }
    CHECK(to_text({5, session_id::between("b", "a")}) == "5~2:a:b");
}

TEST_CASE("what is no cursor is not read as one") {
    for (const auto* text :
         {"",
          "~",
          "5~",
          "~1:r",
          "1:r",
          "2:a:b",
          "5:1:r",
          "5~r",
          "5~3:r",
          "5~1:r~",
          "5~5~1:r",
          "5 ~1:r",
          " 5~1:r",
          "+5~1:r",
          "0x5~1:r",
          "5.0~1:r",
          "9223372036854775808~1:r",
          "-9223372036854775809~1:r"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_session_cursor(text));
    }
}

TEST_CASE("newer places come first, and those of one time by falling session id") {
    const auto a = session_id::room("a");
    const auto b = session_id::room("b");
    CHECK(comes_before({2, a}, {1, b}));
    CHECK_FALSE(comes_before({1, b}, {2, a}));
    CHECK(comes_before({1, b}, {1, a}));
    CHECK_FALSE(comes_before({1, a}, {1, b}));
    CHECK_FALSE(comes_before({1, a}, {1, a}));
}
