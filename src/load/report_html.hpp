#pragma once

#include "load/measurement.hpp"

#include <string>

namespace gim::load {

// The report as one page that needs nothing else: no script, no font, no network. Light or dark as
// the reader's system is.
std::string report_html(const measurement& m);

}  // namespace gim::load
