#pragma once

#include "gim/serve_options.hpp"

namespace gim::cmd {

// Runs the server until SIGINT or SIGTERM, then says 1001 to every client and returns 0. Returns 1,
// with one line on stderr, if it cannot start. A second signal ends it at once. SIGHUP reloads what
// may change while it runs.
int serve(const serve_options& options);

}  // namespace gim::cmd
