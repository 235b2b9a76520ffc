#include "program/process/other_process.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

using namespace gim::program;
using namespace std::chrono_literals;

namespace {

// A child that waits for signals, and handles SIGUSR1 only.
class waiting_child {
public:
    explicit waiting_child(const char* program = nullptr) : process_(::fork()) {
        if (process_ == 0) {
            std::signal(SIGUSR1, [](int) {});
            if (program != nullptr) {
                ::execlp(program, program, "60", static_cast<char*>(nullptr));
            }
            for (;;) {
                ::pause();
            }
        }
    }
    ~waiting_child() { end(); }
    waiting_child(const waiting_child&) = delete;
    waiting_child& operator=(const waiting_child&) = delete;

    pid_t process() const { return process_; }
    void end() {
        if (process_ > 0) {
            ::kill(process_, SIGKILL);
            ::waitpid(process_, nullptr, 0);
            process_ = 0;
        }
    }

private:
    pid_t process_;
};

// Until it has come to what it does.
bool comes_to(const other_process& child, int signal) {
    for (int i = 0; i < 500; ++i) {
        if (child.is_gim_that_handles(signal)) {
            return true;
        }
        ::usleep(10'000);
    }
    return false;
}

int code_of(pid_t process, int signal) {
    try {
        other_process(process).send(signal);
        return 0;
    } catch (const std::system_error& problem) {
        return problem.code().value();
    }
}

}  // namespace

TEST_CASE("a process of the same program is one of us if it handles the signal") {
    const waiting_child child;
    const other_process other(child.process());
    CHECK(comes_to(other, SIGUSR1));
    CHECK_FALSE(other.is_gim_that_handles(SIGUSR2));
}

TEST_CASE("a process of another program is none of us") {
    const waiting_child child("sleep");
    const other_process other(child.process());
    ::usleep(100'000);
    CHECK_FALSE(other.is_gim_that_handles(SIGUSR2));
    CHECK_FALSE(other_process(1).is_gim_that_handles(SIGUSR2));
}

TEST_CASE("the end of a process is seen, and no signal reaches who has its number next") {
    waiting_child child;
    const auto number = child.process();
    const other_process other(number);
    CHECK_FALSE(other.ends_within(0ms));
    child.end();
    CHECK(other.ends_within(10s));
    CHECK_THROWS_AS(other.send(SIGUSR1), std::system_error);
    CHECK_FALSE(other.is_gim_that_handles(SIGUSR1));
    CHECK(code_of(number, SIGUSR1) == ESRCH);
}

TEST_CASE("a signal is sent") {
    waiting_child child;
    const other_process other(child.process());
    other.send(SIGKILL);
    CHECK(other.ends_within(10s));
}
