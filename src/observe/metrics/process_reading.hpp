#pragma once

#include <cstdint>
#include <string>

namespace gim::metrics {

// What the kernel says of this process; 0 where it does not.
struct process_reading {
    double cpu_seconds = 0;         // user and system, of all threads
    double start_time_seconds = 0;  // since 1970
    std::uint64_t resident_bytes = 0;
    std::uint64_t virtual_bytes = 0;
    std::uint64_t open_fds = 0;
    std::uint64_t max_fds = 0;
    std::uint64_t threads = 0;
};

// Takes some 100 ms where 100,000 descriptors are open and the kernel is older than 6.2.
process_reading read_process();

// The same without the descriptors, at once.
process_reading read_process_briefly();

// The same out of the text of /proc/self/stat, of which the name of the program may hold anything.
// `boot_seconds`: when the machine began, since 1970.
process_reading
read_stat(const std::string& stat, double ticks_a_second, double page_bytes, double boot_seconds);

}  // namespace gim::metrics
