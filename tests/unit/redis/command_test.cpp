#include "redis/command.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

using gim::redis::append_command;
using namespace std::string_literals;
using namespace std::string_view_literals;

TEST_CASE("a command is an array of bulk strings, behind what is there already") {
    std::string out = "before";
    append_command(out, "GET", "key");
    CHECK(out == "before*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n");
    append_command(out, "PING"sv);
    CHECK(out == "before*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n*1\r\n$4\r\nPING\r\n");
}

TEST_CASE("an argument may be any bytes, and none") {
    std::string out;
    append_command(out, "SET", "a\r\nb"s, "\0\xff"s, "");
    CHECK(out == "*4\r\n$3\r\nSET\r\n$4\r\na\r\nb\r\n$2\r\n\0\xff\r\n$0\r\n\r\n"s);
    out.clear();
    append_command(out, std::string(1234, 'x'));
    CHECK(out == "*1\r\n$1234\r\n" + std::string(1234, 'x') + "\r\n");
}

TEST_CASE("numbers are written in decimal, to their ends") {
    std::string out;
    append_command(
        out,
        0,
        -7,
        std::numeric_limits<std::int64_t>::min(),
        std::numeric_limits<std::uint64_t>::max(),
        std::size_t{42}
    );
    CHECK(
        out ==
        "*5\r\n$1\r\n0\r\n$2\r\n-7\r\n$20\r\n-9223372036854775808\r\n"
        "$20\r\n18446744073709551615\r\n$2\r\n42\r\n"
    );
}

TEST_CASE("a list is as many arguments as it has") {
    const std::vector<std::string> keys{"a", "", "ccc"};
    const std::span<const std::string> list(keys);
    std::string out;
    append_command(out, "DEL", list, "x", list.first(0));
    CHECK(out == "*5\r\n$3\r\nDEL\r\n$1\r\na\r\n$0\r\n\r\n$3\r\nccc\r\n$1\r\nx\r\n");

    const std::vector<std::string_view> views{"b"};
    out.clear();
    append_command(out, std::span<const std::string_view>(views));
    CHECK(out == "*1\r\n$1\r\nb\r\n");
}
