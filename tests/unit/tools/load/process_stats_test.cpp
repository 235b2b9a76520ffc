#include "tools/load/process_stats.hpp"

#include <doctest/doctest.h>

#include <unistd.h>
#include <vector>

using namespace gim::load;
using namespace std::chrono_literals;

TEST_CASE("the CPU time of this process grows as it works") {
    const cpu_reading before = read_cpu(::getpid());
    volatile unsigned sum = 0;
    cpu_time used{};
    // Bounded by work, not by time: some 10^10 steps would be minutes.
    for (int round = 0; round < 10'000 && used.total() < 30ms; ++round) {
        for (unsigned i = 0; i < 1'000'000; ++i) {
            sum = sum + i;
        }
        used = between(before, read_cpu(::getpid()));
    }
    CHECK(used.total() >= 30ms);
    CHECK(used.user >= 0ns);
    CHECK(used.system >= 0ns);
}

TEST_CASE("the parts of a difference are those of the ticks, its total that of schedstat") {
    const cpu_reading earlier{1s, 400ms, 600ms};
    const cpu_reading later{2s, 650ms, 1350ms};
    const cpu_time used = between(earlier, later);
    CHECK(used.total() == 1s);
    CHECK(used.user == 250ms);
    CHECK(used.system == 750ms);
    CHECK(between({0s, 10ms, 10ms}, {0s, 30ms, 20ms}).user == 20ms);
}

TEST_CASE("resident memory grows with what is written to") {
    const std::uint64_t before = resident_bytes(::getpid());
    CHECK(before > 100'000);
    std::vector<char> block(64 * 1024 * 1024, 'x');
    CHECK(resident_bytes(::getpid()) > before + 60 * 1024 * 1024);
    CHECK(block.back() == 'x');
}

TEST_CASE("a process that is gone has used nothing") {
    const pid_t nobody = 4'000'000;
    CHECK(resident_bytes(nobody) == 0);
    CHECK(read_cpu(nobody).run == 0ns);
}

TEST_CASE("this machine is described") {
    const machine m = this_machine();
    CHECK_FALSE(m.cpu.empty());
    CHECK(m.cores >= 1);
    CHECK(m.kernel.starts_with("Linux "));
    CHECK_FALSE(m.build.empty());
    CHECK(m.when.size() == std::string("2026-11-21 10:05").size());
}
