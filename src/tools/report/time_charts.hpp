#pragma once

#include "tools/load/measurement.hpp"

#include <string>

namespace gim::report {

// The run over time: what was delivered a second, how late it was, and the server's CPU, one below
// the other along the same axis. Empty if there are no samples; without the charts of which nothing
// is known.
std::string time_charts(const load::measurement& m);

}  // namespace gim::report
