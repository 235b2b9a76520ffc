#pragma once

#include "program/flags/flag.hpp"

#include <string>
#include <vector>

namespace gim::program {

// What --help says around the flags.
struct command_help {
    std::string about;
    std::string usage;
    std::string footer;
};

enum class flag_help { with_environment, plain };

// The text of --help: the flags by group, then --version and --help.
std::string help_text(const std::vector<flag>& flags, const command_help& help, flag_help kind);

}  // namespace gim::program
