#include "load/private_server.hpp"

#include "load/interrupt.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <sched.h>
#include <sstream>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace gim::load {

namespace {

using namespace std::chrono_literals;

constexpr auto start_timeout = 20s;
// More than a server takes that waits for slow clients.
constexpr auto stop_timeout = 10s;
constexpr auto poll_step = 5ms;

std::vector<std::size_t> usable_cores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    std::vector<std::size_t> cores;
    if (::sched_getaffinity(0, sizeof(set), &set) == 0) {
        for (std::size_t core = 0; core < CPU_SETSIZE; ++core) {
            if (CPU_ISSET(core, &set)) {
                cores.push_back(core);
            }
        }
    }
    return cores;
}

std::string listed(const std::vector<std::size_t>& cores) {
    std::string text = cores.size() > 1 ? "cores " : "core ";
    for (std::size_t i = 0; i < cores.size(); ++i) {
        text += (i > 0 ? ", " : "") + std::to_string(cores[i]);
    }
    return text;
}

// The address behind "<door> listening on ", or nothing.
std::string address_in(const std::string& log, const std::string& door) {
    const std::string begin = door + " listening on ";
    const std::size_t at = log.find(begin);
    const std::size_t end = at == std::string::npos ? at : log.find('\n', at);
    return end == std::string::npos ? "" : log.substr(at + begin.size(), end - at - begin.size());
}

}  // namespace

core_plan plan_cores(std::size_t workers) {
    const std::vector<std::size_t> cores = usable_cores();
    core_plan plan;
    if (cores.size() < 2) {
        plan.text = "server and generator share the only core";
        return plan;
    }
    const auto last = cores.begin() + static_cast<std::ptrdiff_t>(std::min(workers, cores.size()));
    plan.server.assign(cores.begin(), last);
    plan.generator = {cores.back()};
    plan.text = "server on " + listed(plan.server) + ", generator on " + listed(plan.generator);
    if (plan.server.back() == cores.back()) {
        plan.text += ", which they share";
    }
    return plan;
}

void pin_self(const std::vector<std::size_t>& cores) {
    if (cores.empty()) {
        return;
    }
    cpu_set_t set;
    CPU_ZERO(&set);
    for (const std::size_t core : cores) {
        CPU_SET(core, &set);
    }
    ::sched_setaffinity(0, sizeof(set), &set);
}

private_server::private_server(
    std::size_t workers,
    const std::vector<std::string>& flags,
    const std::vector<std::size_t>& cores
) {
    std::vector<std::string> arguments = {
        "gim",
        "serve",
        "--gateway-address=127.0.0.1:0",
        "--api-address=127.0.0.1:0",
        "--gateway-worker=" + std::to_string(workers),
        "--enable-message-sequence",
        "--message-push-count=1",
        "--max-connections=0",
        "--max-connections-per-address=0",
        "--max-handshakes=0",
        "--max-requests=0",
        "--max-rooms-per-user=0",
        "--max-room-members=0",
        "--max-sends-per-user=0",
        "--log-level=warn"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    for (const std::string& argument : arguments) {
        command_ += (command_.empty() ? "" : " ") + argument;
    }
    try {
        start(arguments, cores);
        wait_for_addresses();
    } catch (...) {
        stop();
        throw;
    }
}

// Its stderr is a file in memory: it can be read at any time, and never blocks the one who writes.
void private_server::start(
    const std::vector<std::string>& arguments,
    const std::vector<std::size_t>& cores
) {
    log_ = ::memfd_create("gim-serve-stderr", MFD_CLOEXEC);
    if (log_ < 0) {
        throw std::system_error(errno, std::generic_category(), "memfd_create");
    }
    std::vector<char*> argv;
    for (const std::string& argument : arguments) {
        argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0) {
        throw std::system_error(errno, std::generic_category(), "fork");
    }
    if (pid_ > 0) {
        return;
    }
    // In the child. A group of its own: ^C is for the generator, which ends the server in turn.
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) {
        ::_exit(1);
    }
    pin_self(cores);
    ::dup2(log_, STDERR_FILENO);
    ::dup2(log_, STDOUT_FILENO);
    ::execv("/proc/self/exe", argv.data());
    ::_exit(127);
}

void private_server::wait_for_addresses() {
    const auto deadline = std::chrono::steady_clock::now() + start_timeout;
    for (;;) {
        const std::string log = said();
        const std::string gateway_at = address_in(log, "gateway");
        const std::string api_at = address_in(log, "api");
        if (!gateway_at.empty() && !api_at.empty()) {
            gateway_ = resolve("ws", "ws://" + gateway_at);
            api_ = resolve("http", "http://" + api_at);
            return;
        }
        const bool has_ended = ::waitpid(pid_, nullptr, WNOHANG) == pid_;
        if (has_ended) {
            pid_ = -1;
        }
        if (has_ended || std::chrono::steady_clock::now() > deadline) {
            const std::string why = said();
            throw std::runtime_error(
                "the private server does not start: " + why.substr(0, why.find('\n'))
            );
        }
        throw_if_interrupted();
        std::this_thread::sleep_for(poll_step);
    }
}

private_server::~private_server() {
    stop();
}

void private_server::stop() {
    if (pid_ > 0) {
        ::kill(pid_, SIGTERM);
        const auto deadline = std::chrono::steady_clock::now() + stop_timeout;
        while (::waitpid(pid_, nullptr, WNOHANG) == 0) {
            if (std::chrono::steady_clock::now() > deadline) {
                ::kill(pid_, SIGKILL);
                ::waitpid(pid_, nullptr, 0);
                break;
            }
            std::this_thread::sleep_for(poll_step);
        }
        pid_ = -1;
    }
    if (log_ >= 0) {
        ::close(log_);
        log_ = -1;
    }
}

std::string private_server::said() const {
    std::string log;
    char piece[4096];
    for (;;) {
        const ssize_t n = ::pread(log_, piece, sizeof(piece), static_cast<off_t>(log.size()));
        if (n <= 0) {
            return log;
        }
        log.append(piece, static_cast<std::size_t>(n));
    }
}

std::string private_server::complaints() const {
    std::istringstream lines(said());
    std::string out;
    for (std::string line; std::getline(lines, line);) {
        if (line.find(" listening on ") == std::string::npos) {
            out += line + '\n';
        }
    }
    return out;
}

}  // namespace gim::load
