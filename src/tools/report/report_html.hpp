#pragma once

#include "tools/load/measurement.hpp"

#include <string>

namespace gim::report {

// The report as one page that needs nothing else: no script, no font, no network. Light or dark as
// the reader's system is.
std::string report_html(const load::measurement& m);

}  // namespace gim::report
