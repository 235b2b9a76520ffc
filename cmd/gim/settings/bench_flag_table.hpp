#pragma once

#include "gim/settings/bench_options.hpp"
#include "program/flags/flag.hpp"

#include <set>
#include <vector>

namespace gim::cmd {

// A flag of `gim bench`, and the scenarios in which it has a meaning.
struct bench_flag {
    program::flag f;
    std::set<load::scenario> known;
};

// Each is set into `o`, which must outlive them.
std::vector<bench_flag> bench_flags(bench_options& o);

}  // namespace gim::cmd
