#pragma once

#include "tools/load/latency_histogram.hpp"

#include <string>
#include <string_view>

namespace gim::report {

// The latency by percentile as a chart: along x each further nine (90 %, 99 %, 99.9 %) takes the
// same room, so that the tail is seen, which an average hides. Empty if nothing was measured.
// `unit`: "delivery".
std::string latency_curve(const load::latency_histogram& latency, std::string_view unit);

}  // namespace gim::report
