#pragma once

#include "gim/settings/token_options.hpp"

namespace gim::cmd {

// Prints one token, and returns 0. Throws std::runtime_error, in words for the operator, if the key
// cannot be read.
int token(const token_options& options);

}  // namespace gim::cmd
