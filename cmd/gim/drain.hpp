#pragma once

#include "gim/main_loop.hpp"
#include "gim/serve_options.hpp"
#include "gim/server.hpp"

namespace gim::cmd {

// Lets everybody go, within the time that there is; then nobody is connected. One more signal that
// stops ends it at once.
void drain(server& running, server::goes_on service, main_loop& loop, const serve_options& options);

}  // namespace gim::cmd
