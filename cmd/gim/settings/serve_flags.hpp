#pragma once

#include "gim/settings/serve_options.hpp"
#include "program/environment.hpp"
#include "program/exit_now.hpp"
#include "program/flags/flag.hpp"

#include <string>
#include <variant>
#include <vector>

namespace gim::cmd {

// A flag with what it is set to, for people to read; secrets are left out.
struct setting {
    std::string name;
    std::vector<std::string> values;
    std::string from;  // "flag", "GIM_LOG_LEVEL", the file's path, or "default"
    program::effect since = program::effect::at_start;
};

struct serve_settings {
    serve_options options;
    std::vector<setting> all;           // in the order of --help
    std::vector<std::string> warnings;  // a line each
};

// What `gim check-config` shows.
struct settings_check {
    serve_settings settings;
};

// Reads what follows `gim`, the environment and the file.
std::variant<serve_settings, program::exit_now>
parse_serve(const std::vector<std::string>& words, const program::environment& env);

}  // namespace gim::cmd
