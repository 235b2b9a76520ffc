#pragma once

#include "gim/settings/serve_flags.hpp"

#include <string>
#include <vector>

namespace gim::cmd {

// Runs the server until SIGINT or SIGTERM, then drains it and returns 0. Returns 1, with one line
// on stderr, if it cannot start. A second signal ends it at once. SIGHUP reloads what may change
// while it runs. SIGUSR2 starts the program anew, with these arguments (its name is the first) and
// with the same listening sockets, and drains this one when the other serves.
int serve(serve_settings settings, const std::vector<std::string>& arguments);

}  // namespace gim::cmd
