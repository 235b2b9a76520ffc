#include "tools/load/child_process.hpp"

#include "tools/load/core_plan.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace gim::load {

namespace {

using namespace std::chrono_literals;

// More than a server takes that waits for slow clients.
constexpr auto stop_timeout = 10s;
constexpr auto poll_step = 5ms;

// No signal comes to this thread while it lives.
class without_signals {
public:
    without_signals() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~without_signals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    without_signals(const without_signals&) = delete;
    without_signals& operator=(const without_signals&) = delete;

private:
    sigset_t before_{};
};

}  // namespace

std::string find_program(std::string_view name) {
    const char* const path = std::getenv("PATH");
    std::istringstream folders(path != nullptr ? path : "");
    for (std::string folder; std::getline(folders, folder, ':');) {
        const std::string file = folder + '/' + std::string(name);
        if (::access(file.c_str(), X_OK) == 0) {
            return file;
        }
    }
    return {};
}

// What it writes goes to a file in memory: it can be read at any time, and never blocks the one who
// writes.
child_process::child_process(
    const std::string& program,
    const std::vector<std::string>& arguments,
    const std::vector<std::size_t>& cores
) {
    log_ = ::memfd_create("gim-child-output", MFD_CLOEXEC);
    if (log_ < 0) {
        throw std::system_error(errno, std::generic_category(), "memfd_create");
    }
    std::vector<char*> argv;
    for (const std::string& argument : arguments) {
        argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    const pid_t parent = ::getpid();
    // Until it is another program the child has our handlers, which must not run in it.
    std::optional<without_signals> quiet(std::in_place);
    pid_ = ::fork();
    if (pid_ < 0) {
        const int why = errno;
        ::close(log_);
        throw std::system_error(why, std::generic_category(), "fork");
    }
    if (pid_ > 0) {
        return;
    }
    // In the child. A group of its own: ^C is for the generator, which ends the child in turn.
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) {
        ::_exit(1);
    }
    pin_self(cores);
    ::dup2(log_, STDERR_FILENO);
    ::dup2(log_, STDOUT_FILENO);
    ::signal(SIGTERM, SIG_DFL);
    ::signal(SIGINT, SIG_DFL);
    quiet.reset();
    ::execv(program.c_str(), argv.data());
    ::_exit(127);
}

child_process::~child_process() {
    if (!exit_code()) {
        ::kill(pid_, SIGTERM);
        const auto deadline = std::chrono::steady_clock::now() + stop_timeout;
        while (!exit_code()) {
            if (std::chrono::steady_clock::now() > deadline) {
                ::kill(pid_, SIGKILL);
                ::waitpid(pid_, nullptr, 0);
                break;
            }
            std::this_thread::sleep_for(poll_step);
        }
    }
    ::close(log_);
}

std::string child_process::said() const {
    std::string text;
    char piece[4096];
    for (;;) {
        const ssize_t n = ::pread(log_, piece, sizeof(piece), static_cast<off_t>(text.size()));
        if (n <= 0) {
            return text;
        }
        text.append(piece, static_cast<std::size_t>(n));
    }
}

std::optional<int> child_process::exit_code() {
    int status = 0;
    if (!exit_code_ && ::waitpid(pid_, &status, WNOHANG) == pid_) {
        exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return exit_code_;
}

}  // namespace gim::load
