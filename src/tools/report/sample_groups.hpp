#pragma once

#include "tools/load/measurement.hpp"

#include <chrono>
#include <cstddef>
#include <vector>

namespace gim::report {

// Some successive samples as one point of a chart.
struct sample_group {
    std::chrono::milliseconds from{0};
    std::chrono::milliseconds upto{0};  // always later
    std::uint64_t delivered = 0;
    std::chrono::nanoseconds p50{0};  // of the sample with the highest p99, which is kept
    std::chrono::nanoseconds p99{0};
    std::chrono::nanoseconds max{0};
    load::cpu_time server;

    double seconds() const { return std::chrono::duration<double>(upto - from).count(); }
    double per_second() const { return static_cast<double>(delivered) / seconds(); }
};

// At most `most` groups of the same number of samples, but for the last. Nothing is left out: sums
// are sums, and of times the worst is kept, so that thinning hides no stall.
// REQUIRES: most >= 1.
std::vector<sample_group>
grouped_samples(const std::vector<load::sample>& samples, std::size_t most);

}  // namespace gim::report
