#pragma once

#include "program/duration.hpp"

#include <chrono>
#include <string>

namespace gim::cmd {

// What `gim reload-binary` can be told.
struct reload_options {
    // The file that says which process serves. Required.
    std::string pid_file;

    // How long to wait for what comes of it, 1s to 1h. A new process has 30 s to begin.
    program::duration timeout = std::chrono::seconds(60);
};

}  // namespace gim::cmd
