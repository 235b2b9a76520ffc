#pragma once

#include <array>
#include <atomic>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

namespace gim::stats {

// How often what was observed fell into which bucket, and its sum.
struct histogram_reading {
    // A bucket holds what is above the bound before it and not above its own; the last one all that
    // is above every bound.
    static constexpr std::size_t most_bounds = 16;
    std::array<std::uint64_t, most_bounds + 1> buckets{};
    std::uint64_t sum = 0;

    void add(const histogram_reading& other) noexcept {
        for (std::size_t i = 0; i < buckets.size(); ++i) {
            buckets[i] += other.buckets[i];
        }
        sum += other.sum;
    }
};

// A histogram of one worker. The bounds are passed in: they are known where the kind is, and the
// same for all workers.
//
// Threads: observe() on the worker's only, a load and a store twice; read() from any. What is read
// while something is observed may lack it in the sum or in the buckets.
class histogram {
public:
    // REQUIRES: the bounds ascend, are always the same, and are no more than most_bounds.
    void observe(std::span<const std::uint64_t> bounds, std::uint64_t value) noexcept {
        assert(bounds.size() <= histogram_reading::most_bounds);
        std::size_t i = 0;
        while (i < bounds.size() && value > bounds[i]) {
            ++i;
        }
        // Above all bounds is the last bucket of a reading, however many bounds there are.
        add(buckets_[i < bounds.size() ? i : histogram_reading::most_bounds], 1);
        add(sum_, value);
    }

    histogram_reading read() const noexcept {
        histogram_reading r;
        for (std::size_t i = 0; i < buckets_.size(); ++i) {
            r.buckets[i] = buckets_[i].load(std::memory_order_relaxed);
        }
        r.sum = sum_.load(std::memory_order_relaxed);
        return r;
    }

private:
    static void add(std::atomic<std::uint64_t>& n, std::uint64_t more) noexcept {
        n.store(n.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
    }

    std::array<std::atomic<std::uint64_t>, histogram_reading::most_bounds + 1> buckets_{};
    std::atomic<std::uint64_t> sum_{0};
};

}  // namespace gim::stats
