#pragma once

#include <atomic>
#include <cstddef>

namespace gim::push {

// What may wait for all connections of the process together, and how much of what is too much each
// worker has to give back: its share.
//
// Threads: any. Every worker reports what waits for its slow readers, now and then.
class memory_budget {
public:
    // 0: no limit.
    explicit memory_budget(std::size_t limit_bytes) : limit_(limit_bytes) {}

    // From the next look on. REQUIRES: no thread is in another function meanwhile.
    void set_limit(std::size_t limit_bytes) noexcept { limit_ = limit_bytes; }
    bool is_limited() const noexcept { return limit_ != 0; }
    // What a worker reported has changed.
    void report(std::size_t before, std::size_t now) noexcept {
        total_.fetch_add(now - before, std::memory_order_relaxed);  // modulo 2^n
    }
    // How many of its `own` bytes, which it has reported, a worker must give back.
    std::size_t excess_of(std::size_t own) const noexcept;

private:
    std::size_t limit_;
    std::atomic<std::size_t> total_{0};
};

}  // namespace gim::push
