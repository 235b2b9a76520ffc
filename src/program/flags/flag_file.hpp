#pragma once

#include "program/exit_now.hpp"
#include "program/flags/flag.hpp"
#include "program/flags/flag_values.hpp"

#include <string>
#include <variant>
#include <vector>

namespace gim::program {

// Reads a file with one flag a line, by long name: "max-connections = 5000". A switch may stand
// alone. A line that begins with '#' or ';' is a comment, and so is what follows a space and '#'.
// Quotes around a value are removed: within them '#' and spaces belong to it. A byte order mark at
// the begin is skipped. `flag_name` is the flag that named the file, for errors.
std::variant<values, exit_now>
from_file(const std::vector<flag>& flags, const std::string& path, const std::string& flag_name);

}  // namespace gim::program
