#pragma once

#include "gim/server.hpp"
#include "gim/settings/serve_options.hpp"
#include "gim/snapshot/saved_memory.hpp"
#include "gim/snapshot/snapshot_file.hpp"
#include "program/process/predecessor.hpp"

#include <optional>
#include <string>

namespace gim::cmd {

// How what a server has in memory outlives it, with --snapshot; without, nothing does.
class kept_memory {
public:
    // Throws std::runtime_error, in words for the operator, if no file can be made there: at the
    // end it would be too late.
    explicit kept_memory(const serve_options& options);

    // What the process before has left. It may still be there, and then has the last word on where
    // that is. Errors: see predecessor and saved_memory.
    std::optional<saved_memory> find(program::predecessor& before) const;

    // What the process that replaces this one is answered when it wants to have the memory: from
    // then on nothing here changes it.
    std::string hand_over(server& running) const;
    // That process did not come to serve: nobody may go on from what was written.
    void take_back(server& running) const;

    // REQUIRES: nobody is accepted any more. Connections that did not end change nothing from here
    // on. False, with a line in the log: the file could not be written.
    bool save_at_the_end(server& stopped) const;

private:
    void save(server& still) const;

    std::optional<snapshot_file> file_;  // empty: without
};

}  // namespace gim::cmd
