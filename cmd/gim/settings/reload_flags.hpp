#pragma once

#include "gim/settings/reload_options.hpp"
#include "program/exit_now.hpp"

#include <string>
#include <variant>
#include <vector>

namespace gim::cmd {

// Reads what follows `gim reload-binary`.
std::variant<reload_options, program::exit_now> parse_reload(const std::vector<std::string>& words);

}  // namespace gim::cmd
