#pragma once

#include "gim/settings/bench_options.hpp"

namespace gim::cmd {

// Runs one scenario and prints what was found. Returns 0, or 3 if a message was lost, duplicated or
// out of order or a connection ended early, or 130 after SIGINT or SIGTERM. Throws std::exception
// with one line if it cannot.
int bench(const bench_options& options);

}  // namespace gim::cmd
