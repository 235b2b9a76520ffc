#pragma once

#include "tools/load/load_options.hpp"
#include "tools/load/measurement.hpp"

namespace gim::load {

// Fills in the scenario, its title and its parameters.
void describe(const load_options& options, measurement& m);

}  // namespace gim::load
