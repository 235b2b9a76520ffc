#pragma once

#include "gim/server.hpp"
#include "gim/settings/serve_options.hpp"
#include "program/process/main_loop.hpp"

namespace gim::cmd {

enum class drained {
    wholly,   // nobody is connected
    in_part,  // some connections did not end, even when their sockets were closed
};

// Closes every connection within --drain-timeout. One more signal that stops ends that time at
// once, and another one does not wait for the sockets that are closed then.
drained drain(
    server& running,
    server::goes_on service,
    program::main_loop& loop,
    const serve_options& options
);

}  // namespace gim::cmd
