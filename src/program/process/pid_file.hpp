#pragma once

#include "net/unique_fd.hpp"
#include "program/problem.hpp"

#include <optional>
#include <string>
#include <sys/types.h>

namespace gim::program {

// The file that says which process serves, for those who send it signals: its id and a line end.
// Each time it is written it is another file in the place of the old one, so nobody reads half of
// it, and who keeps it open sees that it was written again.
class pid_file {
public:
    // Where it will be; empty: there is none, and nothing is done. Throws std::runtime_error, in
    // words for the operator, if it cannot be written there.
    explicit pid_file(std::string path);
    ~pid_file() { remove(); }
    pid_file(const pid_file&) = delete;
    pid_file& operator=(const pid_file&) = delete;

    // From now on it names this process, whomever it named before.
    problem claim();
    // Removes it, if it names this process.
    void remove() noexcept;

private:
    // Writes the file that takes its place with claim().
    problem prepare();

    const std::string path_;
    const std::string next_;
    bool is_prepared_ = false;
};

// A file of that kind, to read: what it names, and whether it was written again since.
class read_pid_file {
public:
    // Throws std::runtime_error, in words for the operator, if it cannot be read or is none.
    explicit read_pid_file(std::string path);

    pid_t process() const noexcept { return process_; }

    // What is there now, if it is another file; empty: it is the same one, or there is none.
    std::optional<read_pid_file> newer() const;

private:
    std::string path_;
    net::unique_fd file_;  // open, so that no other file has its number on the disk
    pid_t process_ = 0;
};

}  // namespace gim::program
