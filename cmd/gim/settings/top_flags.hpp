#pragma once

#include "program/exit_now.hpp"
#include "tools/top/top.hpp"

#include <string>
#include <variant>
#include <vector>

namespace gim::cmd {

// Reads what follows `gim top`, and the file that --api-key-file names.
std::variant<top::top_options, program::exit_now> parse_top(const std::vector<std::string>& words);

}  // namespace gim::cmd
