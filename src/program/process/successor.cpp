#include "program/process/successor.hpp"

#include "program/process/handover.hpp"
#include "program/process/inherited_sockets.hpp"

#include <boost/asio/buffer.hpp>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

extern char** environ;

namespace gim::program {

namespace {

// How long it may take to read its files and to begin.
constexpr std::chrono::seconds start_timeout{30};
// How long it may live after its socket has ended.
constexpr std::chrono::seconds end_timeout{2};
constexpr int first_fd = inherited_sockets::first_fd;

// Read at the start: later the link names a file that is gone, if a newer one took its place.
std::string own_program() {
    std::error_code ec;
    const auto path = std::filesystem::read_symlink("/proc/self/exe", ec);
    return ec ? std::string() : path.string();
}

bool is_replaced(std::string_view variable) {
    for (const std::string_view name : {"LISTEN_FDS=", "LISTEN_FDNAMES=", "LISTEN_PID="}) {
        if (variable.starts_with(name)) {
            return true;
        }
    }
    return variable.starts_with(std::string(inherited_sockets::predecessor_variable) + "=") ||
           variable.starts_with("WATCHDOG_PID=");
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (auto& text : texts) {
        all.push_back(text.data());
    }
    all.push_back(nullptr);
    return all;
}

}  // namespace

successor::successor(boost::asio::io_context& context, std::vector<std::string> arguments)
    : ready_(context),
      patience_(context),
      end_(context),
      program_(own_program()),
      arguments_(std::move(arguments)) {}

successor::~successor() {
    end_process();
}

void successor::give_up() {
    kept_.clear();
    if (process_ > 0 && has_said_that_it_serves()) {
        call_.serves(std::exchange(process_, 0));
    } else {
        end_process();
    }
}

bool successor::has_said_that_it_serves() {
    char word = 0;
    return ::recv(ready_.native_handle(), &word, 1, MSG_DONTWAIT) == 1 && word == handover::serves;
}

void successor::end_process() {
    if (process_ > 0) {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
        process_ = 0;
    }
}

void successor::keep(std::string_view door, const net::listeners& sockets) {
    for (const auto& s : sockets.sockets) {
        kept_.push_back({std::string(door), net::unique_fd(::fcntl(s.get(), F_DUPFD_CLOEXEC, 0))});
    }
}

void successor::start(outcome call) {
    if (process_ != 0) {
        return;
    }
    call_ = std::move(call);
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        fail(std::strerror(errno));
        return;
    }
    ready_.assign(ends[0]);
    const net::unique_fd writes(ends[1]);
    const auto process = spawn(writes.get());
    if (process < 0) {
        fail(program_ + ": " + std::strerror(-process));
        return;
    }
    process_ = process;
    listen();
}

pid_t successor::spawn(int ready) {
    const int count = static_cast<int>(kept_.size());
    const int ready_there = first_fd + count;
    // Copies out of the way of the numbers that they will have in the successor.
    std::vector<net::unique_fd> given;
    std::string names;
    for (const auto& k : kept_) {
        given.emplace_back(::fcntl(k.fd.get(), F_DUPFD_CLOEXEC, ready_there + 1));
        names += (names.empty() ? "" : ":") + k.door;
    }
    given.emplace_back(::fcntl(ready, F_DUPFD_CLOEXEC, ready_there + 1));
    for (const auto& fd : given) {
        if (!fd) {
            return -EMFILE;
        }
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int i = 0; i <= count; ++i) {
        const int from = given[static_cast<std::size_t>(i)].get();
        posix_spawn_file_actions_adddup2(&actions, from, first_fd + i);
    }
    // Nobody's connection lives on in a process that does not know it.
    posix_spawn_file_actions_addclosefrom_np(&actions, ready_there + 1);

    std::vector<std::string> variables;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        if (!is_replaced(*variable)) {
            variables.emplace_back(*variable);
        }
    }
    variables.push_back("LISTEN_FDS=" + std::to_string(count));
    variables.push_back("LISTEN_FDNAMES=" + names);
    variables.push_back(
        std::string(inherited_sockets::predecessor_variable) + "=" + std::to_string(::getpid()) +
        ":" + std::to_string(ready_there)
    );
    pid_t process = 0;
    const int failure = ::posix_spawn(
        &process,
        program_.c_str(),
        &actions,
        nullptr,
        pointers_to(arguments_).data(),
        pointers_to(variables).data()
    );
    posix_spawn_file_actions_destroy(&actions);
    return failure == 0 ? process : -failure;
}

void successor::listen() {
    patience_.expires_after(start_timeout);
    patience_.async_wait([this](boost::system::error_code ec) {
        if (!ec && process_ > 0) {
            ::kill(process_, SIGKILL);  // the socket ends with it
        }
    });
    ready_.async_read_some(
        boost::asio::buffer(byte_),
        [this](boost::system::error_code ec, std::size_t) {
            if (process_ == 0) {
                return;  // given up
            }
            if (!ec && byte_[0] == handover::wants_memory) {
                give_memory();
                return;
            }
            ready_.close();
            patience_.cancel();
            if (ec) {
                await_end();
            } else {
                call_.serves(std::exchange(process_, 0));
            }
        }
    );
}

void successor::await_end() {
    const int process_end = static_cast<int>(::syscall(SYS_pidfd_open, process_, 0));
    if (process_end < 0) {
        ::kill(process_, SIGKILL);
        fail(reap());
        return;
    }
    end_.assign(process_end);
    patience_.expires_after(end_timeout);
    patience_.async_wait([this](boost::system::error_code ec) {
        if (!ec && process_ > 0) {
            ::kill(process_, SIGKILL);
        }
    });
    end_.async_wait(end_.wait_read, [this](boost::system::error_code) {
        if (process_ == 0) {
            return;  // given up
        }
        patience_.cancel();
        fail(reap());
    });
}

// REQUIRES: the process has ended, or ends now.
std::string successor::reap() {
    int status = 0;
    ::waitpid(std::exchange(process_, 0), &status, 0);
    return WIFEXITED(status) ? "it ended with " + std::to_string(WEXITSTATUS(status))
                             : "it was ended by signal " + std::to_string(WTERMSIG(status));
}

void successor::give_memory() {
    const auto line = call_.wants_memory() + "\n";
    // Its end is found out by reading.
    [[maybe_unused]] const auto told =
        ::send(ready_.native_handle(), line.data(), line.size(), MSG_NOSIGNAL);
    listen();
}

void successor::fail(std::string why) {
    boost::system::error_code ignored;
    ready_.close(ignored);
    end_.close(ignored);
    call_.failed(std::move(why));
}

}  // namespace gim::program
