#pragma once

#include "tools/load/measurement.hpp"

#include <string>

namespace gim::report {

// The whole measurement for programs, one JSON document. Keys are stable and carry their unit; null
// is what is not known or has no meaning in the scenario. "report_version" grows when a key changes
// its meaning or goes.
std::string report_json(const load::measurement& m);

}  // namespace gim::report
