#pragma once

#include "tools/load/measurement.hpp"

#include <string>

namespace gim::report {

// Every number of the measurement as an HTML table, without the rows that have no meaning in the
// scenario.
std::string report_table(const load::measurement& m);

}  // namespace gim::report
