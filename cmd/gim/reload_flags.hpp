#pragma once

#include "gim/exit_now.hpp"
#include "gim/reload_options.hpp"

#include <string>
#include <variant>
#include <vector>

namespace gim::cmd {

// Reads what follows `gim reload-binary`.
std::variant<reload_options, exit_now> parse_reload(const std::vector<std::string>& words);

}  // namespace gim::cmd
