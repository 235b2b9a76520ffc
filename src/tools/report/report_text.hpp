#pragma once

#include "tools/load/measurement.hpp"

#include <string>

namespace gim::report {

// The report that the terminal shows: one screen of ASCII, and only the lines that have a meaning
// in the scenario.
std::string report_text(const load::measurement& m);

}  // namespace gim::report
