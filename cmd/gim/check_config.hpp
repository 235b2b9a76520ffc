#pragma once

#include "gim/settings/serve_flags.hpp"

namespace gim::cmd {

// Prints what each flag is set to and where that came from, and reads the certificates and keys
// that serve would read. Returns 0. Throws std::runtime_error, in words for the operator, if one of
// them is not good.
int check_config(const serve_settings& settings);

}  // namespace gim::cmd
