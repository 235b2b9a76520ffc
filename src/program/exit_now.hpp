#pragma once

#include <string>

namespace gim::program {

// The process ends at once: --help, --version, or a usage error (code 2, one line in `err`).
struct exit_now {
    int code = 0;
    std::string out;  // for stdout, newline included
    std::string err;  // for stderr, newline included
};

// Code 2, and one line.
exit_now usage_error(const std::string& what);

}  // namespace gim::program
