#include "gim/reload_binary.hpp"

#include "program/process/other_process.hpp"
#include "program/process/pid_file.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <system_error>

namespace gim::cmd {

namespace {

constexpr std::chrono::milliseconds look_interval{20};

[[noreturn]] void fail(pid_t process, const std::string& what) {
    throw std::runtime_error("reload-binary: process " + std::to_string(process) + " " + what);
}

// It is there, it is one of us, and it was sent the signal.
program::other_process signalled(pid_t process) {
    try {
        program::other_process server(process);
        if (!server.is_gim_that_handles(SIGUSR2)) {
            fail(process, "is no gim that serves, nothing was sent to it");
        }
        server.send(SIGUSR2);
        return server;
    } catch (const std::system_error& problem) {
        fail(process, "cannot be told: " + problem.code().message());
    }
}

}  // namespace

int reload_binary(const reload_options& options) {
    const program::read_pid_file before(options.pid_file);
    const auto process = before.process();
    const auto server = signalled(process);
    const auto deadline = std::chrono::steady_clock::now() + options.timeout;
    for (;;) {
        // Asked first: a successor has written the file before the old one ends.
        const bool has_ended = server.ends_within(look_interval);
        if (const auto now = before.newer()) {
            if (now->process() == process) {
                fail(process, "goes on, no other one serves; its log says why");
            }
            std::printf("process %d serves now, in place of %d\n", now->process(), process);
            return 0;
        }
        if (has_ended) {
            fail(process, "has ended, and no other one has taken its place");
        }
        if (std::chrono::steady_clock::now() >= deadline) {
            fail(
                process,
                "has not said within " + program::to_string(options.timeout) +
                    " that another one serves; see its log"
            );
        }
    }
}

}  // namespace gim::cmd
