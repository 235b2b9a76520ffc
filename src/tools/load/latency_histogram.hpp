#pragma once

#include <boost/histogram/axis/regular.hpp>
#include <boost/histogram/histogram.hpp>

#include <chrono>
#include <cstdint>
#include <tuple>
#include <vector>

namespace gim::load {

// How long things took, each to within 1 %: from 1 us to 1,000 s, in steps that grow with the time.
//
// Debian 12 has no HdrHistogram for C++, so the bins are Boost.Histogram's, along a logarithmic
// axis. Threads: one's at a time.
class latency_histogram {
public:
    using duration = std::chrono::nanoseconds;

    latency_histogram();

    void add(duration d, std::uint64_t times = 1);
    void add(const latency_histogram& other);

    std::uint64_t count() const noexcept { return count_; }
    duration max() const noexcept { return max_; }
    // The time within which the part `p` (0 to 1) of all was done; 0 if there is nothing.
    duration percentile(double p) const;

    struct step {
        duration upto;
        std::uint64_t count;  // within this step alone
    };
    // Every step that is not empty, shortest first: what a curve is drawn from.
    std::vector<step> steps() const;

private:
    using axis = boost::histogram::axis::regular<double, boost::histogram::axis::transform::log>;
    boost::histogram::histogram<std::tuple<axis>, boost::histogram::dense_storage<std::uint64_t>>
        bins_;
    std::uint64_t count_ = 0;
    duration max_{0};
};

}  // namespace gim::load
