#pragma once

#include "load/load_options.hpp"
#include "load/measurement.hpp"

namespace gim::load {

// Fills in the scenario, its title and its parameters.
void describe(const load_options& options, measurement& m);

}  // namespace gim::load
