#pragma once

#include "gim/environment.hpp"
#include "gim/exit_now.hpp"
#include "gim/token_options.hpp"

#include <string>
#include <variant>
#include <vector>

namespace gim::cmd {

// Reads what follows `gim token`, and the secret from the environment.
std::variant<token_options, exit_now>
parse_token(const std::vector<std::string>& words, const environment& env);

}  // namespace gim::cmd
