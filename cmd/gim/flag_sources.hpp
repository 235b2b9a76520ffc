#pragma once

#include "gim/environment.hpp"
#include "gim/exit_now.hpp"
#include "gim/flag.hpp"

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace gim::cmd {

// The values that one source gives, by flag: one, or several of a flag of which all count.
using values = std::map<const flag*, std::vector<std::string>>;

// What --help says around the flags.
struct command_help {
    std::string about;
    std::string usage;
    std::string footer;
};

enum class flag_help { with_environment, plain };

// What the command line holds: values of flags, and all the rest in its order.
struct arguments {
    values given;
    std::vector<std::string> rest;
};

// Also answers --help and --version.
std::variant<arguments, exit_now> from_arguments(
    const std::vector<flag>& flags,
    const command_help& help,
    flag_help kind,
    const std::vector<std::string>& words
);

// Several values of a flag of which all count stand in one variable, with spaces between them.
values from_environment(const std::vector<flag>& flags, const environment& env);

// Flags by long name, one a line. `flag_name` is the flag that named the file, for errors.
std::variant<values, exit_now>
from_file(const std::vector<flag>& flags, const std::string& path, const std::string& flag_name);

// Sets the flags of a command that takes nothing else, from the command line alone. Empty: all is
// set. `command` is for errors.
std::optional<exit_now> set_from_arguments(
    const std::string& command,
    const std::vector<flag>& flags,
    const command_help& help,
    const std::vector<std::string>& words
);

// Code 2, and one line.
exit_now usage_error(const std::string& what);

}  // namespace gim::cmd
