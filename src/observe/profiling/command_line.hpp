#pragma once

#include <string>
#include <string_view>

namespace gim::profiling {

// The program's path and its flags, one a line, without their values, since some are secrets.
// `raw`: as /proc/self/cmdline has it, with a NUL behind each.
std::string command_line(std::string_view program, std::string_view raw);

// That of this process.
std::string command_line();

}  // namespace gim::profiling
