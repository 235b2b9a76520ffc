#pragma once

#include "gim/flag.hpp"
#include "gim/serve_options.hpp"

#include <vector>

namespace gim::cmd {

// The flags of what operators see: log, traces, profiles. They write into `o`, which must live as
// long as they do.
std::vector<flag> watch_flags(serve_options& o);

}  // namespace gim::cmd
