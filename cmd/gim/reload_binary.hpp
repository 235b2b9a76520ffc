#pragma once

#include "gim/settings/reload_options.hpp"

namespace gim::cmd {

// Sends the server SIGUSR2 and waits for what comes of it, which its pid file shows: the new
// process writes it, or the old one again when it goes on. Returns 0. Throws std::runtime_error, in
// words for the operator, if no other process serves.
int reload_binary(const reload_options& options);

}  // namespace gim::cmd
