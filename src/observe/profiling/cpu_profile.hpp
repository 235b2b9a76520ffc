#pragma once

#include <string>

namespace gim::profiling {

// A profile of the CPU time of all threads, 100 samples a second of it, as gperftools writes it.
// There is one at a time in a process.
//
// Threads: any; one object is used by one at a time.
class cpu_profile {
public:
    cpu_profile() = default;
    ~cpu_profile();  // a running one ends, and is lost
    cpu_profile(const cpu_profile&) = delete;
    cpu_profile& operator=(const cpu_profile&) = delete;

    enum class outcome { started, another_one_runs, failed };
    outcome start();
    // REQUIRES: started. Empty if it could not be read.
    std::string stop();

private:
    void close() noexcept;

    int file_ = -1;  // in memory; -1: not started
};

}  // namespace gim::profiling
