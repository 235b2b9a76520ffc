#pragma once

#include "gim/settings/serve_options.hpp"
#include "program/flags/flag.hpp"

#include <vector>

namespace gim::cmd {

// The flags of what operators see: log, traces, profiles. They write into `o`, which must live as
// long as they do.
std::vector<program::flag> watch_flags(serve_options& o);

}  // namespace gim::cmd
