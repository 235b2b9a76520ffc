#pragma once

#include "gim/serve_options.hpp"

#include <functional>
#include <string>
#include <variant>

namespace gim::cmd {

// The process ends at once: --help, --version, or a usage error (code 2, one line in `err`).
struct exit_now {
    int code = 0;
    std::string out;  // for stdout, newline included
    std::string err;  // for stderr, newline included
};

// Like std::getenv: nullptr when the variable is not set.
using environment = std::function<const char*(const char* name)>;

// Reads the command line `gim [serve] [flags]`, GIM_... in the environment, and the file that
// --config (or GIM_CONFIG) names. A flag beats the environment, the environment beats the file;
// only the value that wins is checked. Reads that one file and nothing else of the outer world.
std::variant<serve_options, exit_now>
parse_command_line(int argc, const char* const* argv, const environment& env);

}  // namespace gim::cmd
