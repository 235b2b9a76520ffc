#include "observe/profiling/command_line.hpp"

#include <doctest/doctest.h>

#include <string>

using gim::profiling::command_line;
using namespace std::string_literals;

TEST_CASE("flags are told without their values, in whatever way they were given") {
    const auto raw =
        "gim\0serve\0--api-key=game=secret-1\0--token-secret\0secret-2\0--profiling\0"s;
    CHECK(
        command_line("/usr/bin/gim", raw) ==
        "/usr/bin/gim\n--api-key\n--token-secret\n--profiling\n"
    );
    CHECK(command_line("/usr/bin/gim", "gim\0"s) == "/usr/bin/gim\n");
    CHECK(command_line("/usr/bin/gim", "gim") == "/usr/bin/gim\n");
    CHECK(command_line("", "") == "\n");
}

TEST_CASE("this process is told by its path") {
    CHECK(command_line().find("profiling_tests\n") != std::string::npos);
}
