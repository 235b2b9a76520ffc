#include "tools/load/child_process.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <thread>

using namespace gim::load;
using namespace std::chrono_literals;

namespace {

int code_of(child_process& child) {
    for (;;) {
        if (const auto code = child.exit_code()) {
            return *code;
        }
        std::this_thread::sleep_for(1ms);
    }
}

}  // namespace

TEST_CASE("a child's words and its end are known") {
    child_process child("/bin/sh", {"sh", "-c", "echo one; echo two >&2; exit 3"}, {});
    CHECK(code_of(child) == 3);
    CHECK(child.said() == "one\ntwo\n");
    child_process no_program("/no/such/program", {"x"}, {});
    CHECK(code_of(no_program) == 127);
}

TEST_CASE("a child ends with its object") {
    pid_t pid = 0;
    {
        child_process child("/bin/sh", {"sh", "-c", "exec sleep 1000"}, {});
        pid = child.pid();
        CHECK(::kill(pid, 0) == 0);
        CHECK_FALSE(child.exit_code());
    }
    CHECK(::kill(pid, 0) == -1);
}

TEST_CASE("a program is found in PATH, or not") {
    CHECK(find_program("sh").ends_with("/sh"));
    CHECK(find_program("no-such-program").empty());
}
