#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace gim::load {

// Where a program of that name is in PATH; empty if it is not there.
std::string find_program(std::string_view name);

// A program that this run has started, on these cores. It ends with this object, or with this
// process.
class child_process {
public:
    // `arguments` begins with the name that the program gets. Throws std::system_error.
    child_process(
        const std::string& program,
        const std::vector<std::string>& arguments,
        const std::vector<std::size_t>& cores
    );
    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;
    // Asks it to end, and ends it if it does not within 10 s.
    ~child_process();

    pid_t pid() const noexcept { return pid_; }
    // What it has written so far to stdout and stderr.
    std::string said() const;
    // Looks whether it has ended, and how: its exit code, or 128 and the signal.
    std::optional<int> exit_code();

private:
    pid_t pid_ = -1;
    std::optional<int> exit_code_;
    int log_ = -1;
};

}  // namespace gim::load
