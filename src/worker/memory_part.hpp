#pragma once

#include "worker/memory_budget.hpp"
#include "worker/memory_share.hpp"

#include <cstddef>

namespace gim::worker {

// The part of a memory_budget for what clients leave unfinished: HTTP bodies that are being read,
// HTTP answers that are being written, and WebSocket messages that are not whole yet.
//
// Problem: a client can stop in the middle of each of them. That must not use up the budget, so all
// of them together have half of it. And it must not stop clients whose messages are short, so what
// is short may have a seventh of that half more.
//
// Threads: any.
class memory_part {
public:
    using share = memory_share<memory_part>;

    // What is no longer than this is short.
    static constexpr std::size_t short_bytes = 16 * 1024;

    // `whole` is borrowed. What is taken of the part is taken of the whole, too.
    explicit memory_part(memory_budget& whole) noexcept : whole_(whole) {}
    memory_part(const memory_part&) = delete;
    memory_part& operator=(const memory_part&) = delete;

    std::size_t used() const noexcept { return own_.used(); }

    // For one body, answer or message, which has `from` bytes, to have `to` bytes. False, and
    // nothing is taken: the part's limit would be exceeded. REQUIRES: from <= to
    bool try_grow(std::size_t from, std::size_t to) noexcept;
    // For what must wait in any case.
    void take(std::size_t bytes) noexcept;
    void give_back(std::size_t bytes) noexcept;

private:
    memory_budget& whole_;
    memory_budget own_;  // its mark is half of the whole
};

}  // namespace gim::worker
