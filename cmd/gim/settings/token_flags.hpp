#pragma once

#include "gim/settings/token_options.hpp"
#include "program/environment.hpp"
#include "program/exit_now.hpp"

#include <string>
#include <variant>
#include <vector>

namespace gim::cmd {

// Reads what follows `gim token`, and the secret from the environment.
std::variant<token_options, program::exit_now>
parse_token(const std::vector<std::string>& words, const program::environment& env);

}  // namespace gim::cmd
