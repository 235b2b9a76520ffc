#pragma once

#include "worker/memory_share.hpp"

#include <atomic>
#include <cstddef>

namespace gim::worker {

// What may wait for all peers of the process together, at both doors: bytes that came and are not
// handled yet, and bytes that are not written yet. Who adds bytes takes them here first.
//
// Problem: what can be refused, as a body, must not use up what an answer needs. So the last eighth
// is for what must wait in any case.
//
// Threads: any.
class memory_budget {
public:
    using share = memory_share<memory_budget>;

    // 0: no limit.
    explicit memory_budget(std::size_t limit_bytes = 0) noexcept : limit_(limit_bytes) {}
    memory_budget(const memory_budget&) = delete;
    memory_budget& operator=(const memory_budget&) = delete;

    // What was taken stays taken, also if it is more than that.
    void set_limit(std::size_t limit_bytes) noexcept { limit_.store(limit_bytes, relaxed); }
    std::size_t limit() const noexcept { return limit_.load(relaxed); }
    // The limit, less an eighth.
    std::size_t mark() const noexcept { return limit() - limit() / 8; }
    bool is_limited() const noexcept { return limit() != 0; }
    std::size_t used() const noexcept { return used_.load(relaxed); }
    bool is_past_mark() const noexcept { return is_limited() && used() > mark(); }
    bool is_used_up() const noexcept { return is_limited() && used() >= limit(); }

    // False, and nothing is taken: the limit would be exceeded, less an eighth.
    bool try_take(std::size_t bytes) noexcept;
    // The same for an owner that has `from` bytes, to have `to` bytes. REQUIRES: from <= to
    bool try_grow(std::size_t from, std::size_t to) noexcept { return try_take(to - from); }
    // For what must wait in any case.
    void take(std::size_t bytes) noexcept { used_.fetch_add(bytes, relaxed); }
    void give_back(std::size_t bytes) noexcept { used_.fetch_sub(bytes, relaxed); }

    // How many of its `own` bytes, which it has taken, a worker must give back: its part of what is
    // past the mark.
    std::size_t excess_of(std::size_t own) const noexcept;

private:
    static constexpr auto relaxed = std::memory_order_relaxed;

    std::atomic<std::size_t> limit_;
    std::atomic<std::size_t> used_{0};
};

}  // namespace gim::worker
