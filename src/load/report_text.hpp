#pragma once

#include "load/measurement.hpp"

#include <string>

namespace gim::load {

// The report that the terminal shows: one screen of ASCII, and only the lines that have a meaning
// in the scenario.
std::string report_text(const measurement& m);

}  // namespace gim::load
