#pragma once

#include "gim/settings/live_options.hpp"
#include "program/flags/flag.hpp"

#include <vector>

namespace gim::cmd {

// The flags of `gim serve` that say how much a client may take. They write into `o`.
std::vector<program::flag> limit_flags(live_options& o);

// Those of what sessions keep, and for how long, the same way.
std::vector<program::flag> session_flags(live_options& o);

}  // namespace gim::cmd
