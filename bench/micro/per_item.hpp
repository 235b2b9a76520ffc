#pragma once

#include <benchmark/benchmark.h>
#include <cstddef>

namespace gim::bench {

// How often this program has called operator new.
std::size_t allocations() noexcept;

// Counts a benchmark's loop from where it is made to where it dies:
//   per_item     time for one of the items that an iteration handles
//   allocations  calls of operator new an iteration
class per_item {
public:
    explicit per_item(benchmark::State& state, std::size_t items_per_iteration = 1)
        : state_(state), items_(items_per_iteration), before_(allocations()) {}
    ~per_item() {
        const auto made = static_cast<double>(allocations() - before_);
        state_.counters["per_item"] = benchmark::Counter(
            static_cast<double>(items_),
            benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert
        );
        state_.counters["allocations"] =
            benchmark::Counter(made, benchmark::Counter::kAvgIterations);
    }
    per_item(const per_item&) = delete;
    per_item& operator=(const per_item&) = delete;

private:
    benchmark::State& state_;
    const std::size_t items_;
    const std::size_t before_;
};

}  // namespace gim::bench
