#pragma once

#include "program/exit_now.hpp"
#include "program/flags/flag.hpp"
#include "program/flags/flag_help.hpp"
#include "program/flags/flag_values.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace gim::program {

// What the command line holds: values of flags, and all the rest in its order.
struct arguments {
    values given;
    std::vector<std::string> rest;
};

// Reads "--flag=VALUE", "--flag VALUE" and "--switch". "--flag=" is an empty value, and a word that
// looks like a flag is never the value of the flag before it. Also answers --help and --version.
std::variant<arguments, exit_now> from_arguments(
    const std::vector<flag>& flags,
    const command_help& help,
    flag_help kind,
    const std::vector<std::string>& words
);

// Sets the flags of a command that takes nothing else, from the command line alone. Empty: all is
// set. `command` is for errors.
std::optional<exit_now> set_from_arguments(
    const std::string& command,
    const std::vector<flag>& flags,
    const command_help& help,
    const std::vector<std::string>& words
);

}  // namespace gim::program
