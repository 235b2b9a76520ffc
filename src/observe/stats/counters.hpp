#pragma once

#include "observe/stats/distribution.hpp"
#include "observe/stats/event.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace gim::stats {

// How often each event happened on one worker, and how what is observed there is distributed.
//
// Threads: add() and observe() on the worker's only, so that counting costs a load and a store and
// no lock of the bus; count() and read() from any.
class counters {
public:
    void add(event what, std::uint64_t times = 1) noexcept {
        auto& n = counts_[static_cast<std::size_t>(what)];
        n.store(n.load(std::memory_order_relaxed) + times, std::memory_order_relaxed);
    }
    std::uint64_t count(event what) const noexcept {
        return counts_[static_cast<std::size_t>(what)].load(std::memory_order_relaxed);
    }

    // REQUIRES: `value` is in the unit of that distribution.
    void observe(distribution what, std::uint64_t value) noexcept {
        histograms_[static_cast<std::size_t>(what)].observe(family_of(what).bounds, value);
    }
    // Of one in nanoseconds. A time below zero is none.
    void observe(distribution what, std::chrono::nanoseconds time) noexcept {
        observe(what, static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0)));
    }
    histogram_reading read(distribution what) const noexcept {
        return histograms_[static_cast<std::size_t>(what)].read();
    }

private:
    std::array<std::atomic<std::uint64_t>, event_count> counts_{};
    std::array<histogram, distribution_count> histograms_{};
};

}  // namespace gim::stats
