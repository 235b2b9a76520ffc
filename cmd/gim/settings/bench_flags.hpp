#pragma once

#include "gim/settings/bench_options.hpp"
#include "program/exit_now.hpp"

#include <string>
#include <variant>
#include <vector>

namespace gim::cmd {

// Reads what follows `gim bench`.
std::variant<bench_options, program::exit_now> parse_bench(const std::vector<std::string>& words);

}  // namespace gim::cmd
