#pragma once

#include "gim/exit_now.hpp"
#include "gim/flag_sources.hpp"
#include "gim/serve_options.hpp"

#include <string>
#include <variant>
#include <vector>

namespace gim::cmd {

// Reads what follows `gim`, the environment and the file.
std::variant<serve_options, exit_now>
parse_serve(const std::vector<std::string>& words, const environment& env);

}  // namespace gim::cmd
