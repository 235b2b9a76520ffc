#pragma once

#include "tools/load/measurement.hpp"

#include <cstdint>
#include <sys/types.h>

namespace gim::load {

// What a process has run so far, as /proc tells it. Zero if the process is gone.
struct cpu_reading {
    std::chrono::nanoseconds run{0};  // of all its threads; 0 if the kernel keeps no schedstat
    // In ticks of 10 ms, so they tell how a longer time divides, and little of a short one.
    std::chrono::nanoseconds user{0};
    std::chrono::nanoseconds system{0};
};

cpu_reading read_cpu(pid_t pid);
cpu_time between(const cpu_reading& earlier, const cpu_reading& later);

// Resident memory; 0 if the process is gone.
std::uint64_t resident_bytes(pid_t pid);

// CPU, kernel and build of here and now.
machine this_machine();

}  // namespace gim::load
