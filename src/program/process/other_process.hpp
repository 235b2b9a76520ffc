#pragma once

#include "net/unique_fd.hpp"

#include <chrono>
#include <sys/types.h>

namespace gim::program {

// A process of this machine. Its number may be given to another one when it has ended; this object
// still means the one that had it at first, so no signal reaches a stranger.
class other_process {
public:
    // Throws std::system_error if there is none.
    explicit other_process(pid_t process);

    // Whether it is called as this program is and has something to do when `signal` comes: most
    // signals end a process that does not expect them.
    bool is_gim_that_handles(int signal) const;

    // Throws std::system_error if it has ended, or belongs to somebody else.
    void send(int signal) const;

    // Waits for its end, that long at most.
    bool ends_within(std::chrono::milliseconds time) const;

private:
    pid_t process_;
    net::unique_fd fd_;  // pidfd_open(2)
};

}  // namespace gim::program
