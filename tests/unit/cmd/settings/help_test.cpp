#include "unit/cmd/settings/parsed_flags.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

using namespace gim::cmd;
using namespace gim::program;
using namespace std::chrono_literals;
using gim::test::options;
using gim::test::parse;
using gim::test::parsed;
using gim::test::refusal;

namespace {

std::string help() {
    return std::get<exit_now>(parse({"--help"})).out;
}

}  // namespace

TEST_CASE("the help is the same in every place it is asked for") {
    const auto exit = std::get<exit_now>(parse({"-h"}));
    CHECK(exit.code == 0);
    CHECK(exit.err.empty());
    CHECK(exit.out == help());
    CHECK(std::get<exit_now>(parse({"serve", "--help"})).out == help());
    CHECK(std::get<exit_now>(parse({"--ws=bad", "--help"})).out == help());
}

TEST_CASE("the help names every command") {
    const std::string text = help();
    CHECK(text.find("\n  serve  ") != std::string::npos);
    CHECK(text.find("\n  bench  ") != std::string::npos);
    CHECK(text.find("\n  token  ") != std::string::npos);
}

TEST_CASE("the help groups the flags and shows of each its default and its variable") {
    const std::string text = help();
    for (const char* group :
         {"Addresses:", "Doors:", "Pushing:", "Sessions:", "Logins:", "Watching:", "Other:"}) {
        CHECK(text.find(std::string("\n") + group + "\n") != std::string::npos);
    }
    CHECK(text.find("\n\n\n") == std::string::npos);
    std::istringstream lines(text);
    std::size_t flags = 0;
    for (std::string line; std::getline(lines, line);) {
        CHECK(line.size() <= 100);
        if (!line.starts_with("  --")) {
            continue;
        }
        ++flags;
        std::string variable = "[env: GIM_";
        for (const char c : line.substr(4, line.find_first_of(", [", 4) - 4)) {
            variable += c == '-' ? '_' : static_cast<char>(c - 'a' + 'A');
        }
        std::string description;
        std::string values;
        std::getline(lines, description);
        std::getline(lines, values);
        CAPTURE(line);
        CHECK(description.size() > 6);
        CHECK(values.starts_with("      [default: "));
        CHECK(values.ends_with(variable + "]"));
    }
    CHECK(flags >= 41);
}
