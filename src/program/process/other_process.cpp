#include "program/process/other_process.hpp"

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

namespace gim::program {

namespace {

// "Name" and "SigCgt", the set of signals that are handled, of proc(5).
struct status {
    std::string name;
    std::uint64_t handled = 0;
};

status status_of(const std::string& process) {
    status out;
    std::ifstream lines("/proc/" + process + "/status");
    for (std::string line; std::getline(lines, line);) {
        const auto tab = line.find('\t');
        if (tab == std::string::npos) {
            continue;
        }
        if (line.starts_with("Name:")) {
            out.name = line.substr(tab + 1);
        } else if (line.starts_with("SigCgt:")) {
            out.handled = std::stoull(line.substr(tab + 1), nullptr, 16);
        }
    }
    return out;
}

// What glibc 2.36 declares of these two has no C linkage.
int pidfd_open(pid_t process) {
    return static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
}

int pidfd_send_signal(int process, int signal) {
    return static_cast<int>(::syscall(SYS_pidfd_send_signal, process, signal, nullptr, 0));
}

[[noreturn]] void fail() {
    throw std::system_error(errno, std::generic_category());
}

}  // namespace

other_process::other_process(pid_t process) : process_(process), fd_(pidfd_open(process)) {
    if (!fd_) {
        fail();
    }
}

bool other_process::is_gim_that_handles(int signal) const {
    const auto theirs = status_of(std::to_string(process_));
    return !theirs.name.empty() && theirs.name == status_of("self").name &&
           (theirs.handled >> (signal - 1) & 1) != 0;
}

void other_process::send(int signal) const {
    if (pidfd_send_signal(fd_.get(), signal) != 0) {
        fail();
    }
}

bool other_process::ends_within(std::chrono::milliseconds time) const {
    pollfd end{fd_.get(), POLLIN, 0};
    return ::poll(&end, 1, static_cast<int>(time.count())) > 0;
}

}  // namespace gim::program
