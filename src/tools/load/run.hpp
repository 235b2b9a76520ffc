#pragma once

#include "tools/client/dialect.hpp"
#include "tools/client/endpoint.hpp"
#include "tools/load/load_options.hpp"
#include "tools/load/measurement.hpp"
#include "tools/load/progress.hpp"

#include <optional>
#include <string>
#include <sys/types.h>

namespace gim::load {

// Who is measured.
struct server_under_load {
    client::endpoint gateway;
    std::optional<client::endpoint> api;  // of history only
    std::optional<pid_t> pid;             // to read its CPU and memory
    std::optional<pid_t> redis;           // that in which it keeps its messages
    // Put behind the names of rooms, so that runs on a server that lives on do not meet.
    std::string room_suffix;
};

// Runs one scenario and returns what was found; `command`, `server`, `where`, `pinning` and the
// cores are left to the caller, who knows. Throws std::runtime_error with one line if it cannot be
// run, `interrupted` after a signal.
measurement run(
    const load_options& options,
    const server_under_load& server,
    const client::dialect_factory& speak,
    progress& tell
);

// gim's dialect, or the plain one.
client::dialect_factory make_dialect_factory(const load_options& options);

}  // namespace gim::load
