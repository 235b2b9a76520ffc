#pragma once

#include "gim/settings/live_options.hpp"
#include "program/flags/flag.hpp"

#include <vector>

namespace gim::cmd {

// The flags that say who may come in, and what an HTTP request may have. `o` must live as long as
// they do.
std::vector<program::flag> door_flags(live_options& o);

// What is wrong with them together.
program::problem check_doors(const live_options& o);

}  // namespace gim::cmd
