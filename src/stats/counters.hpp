#pragma once

#include "stats/event.hpp"

#include <array>
#include <atomic>
#include <cstdint>

namespace gim::stats {

// How often each event happened on one worker.
//
// Threads: add() on the worker's only, so that counting costs a load and a store and no lock of the
// bus; count() from any.
class counters {
public:
    void add(event what, std::uint64_t times = 1) noexcept {
        auto& n = counts_[static_cast<std::size_t>(what)];
        n.store(n.load(std::memory_order_relaxed) + times, std::memory_order_relaxed);
    }
    std::uint64_t count(event what) const noexcept {
        return counts_[static_cast<std::size_t>(what)].load(std::memory_order_relaxed);
    }

private:
    std::array<std::atomic<std::uint64_t>, event_count> counts_{};
};

}  // namespace gim::stats
