#include "observe/profiling/symbol_table.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdio>
#include <sstream>
#include <string>

using gim::profiling::symbol_table;

namespace {

[[gnu::noinline]] int only_here(int n) {
    return n + 1;
}

std::string hex(std::uintptr_t address) {
    std::ostringstream text;
    text << "0x" << std::hex << address;
    return text.str();
}

}  // namespace

TEST_CASE("functions of the program have names, static ones too, and those of libraries") {
    const symbol_table names;
    const auto own = reinterpret_cast<std::uintptr_t>(&only_here);
    CHECK(names.name_of(own).find("only_here") != std::string::npos);
    CHECK(names.name_of(own + 1).find("only_here") != std::string::npos);
    CHECK_FALSE(names.name_of(reinterpret_cast<std::uintptr_t>(&std::fclose)).empty());
    CHECK(names.name_of(0).empty());
    CHECK(names.name_of(~std::uintptr_t{0}).empty());
}

TEST_CASE("addresses are answered line by line, and what is none is left out") {
    const symbol_table names;
    const auto own = hex(reinterpret_cast<std::uintptr_t>(&only_here));
    const auto told = names.names_of(own + "+0x1+nonsense++" + own.substr(2));
    CHECK(told.starts_with(own + "\t"));
    CHECK(told.find("only_here") != std::string::npos);
    CHECK(told.find("\n0x1\t0x1\n") != std::string::npos);
    CHECK(told.find("nonsense") == std::string::npos);
    CHECK(told.find("\n" + own.substr(2) + "\t") != std::string::npos);
    CHECK(names.names_of("").empty());
}
