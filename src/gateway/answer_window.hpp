#pragma once

#include <cstddef>
#include <cstdint>

namespace gim::gateway {

// How much of what a connection was answered may wait to be written, before its next request is
// handled: about so many bytes, and one answer of any length.
//
// Problem: an answer stands between packets of others in the outbox, which are none of its
// connection's doing, and a delivery must not pay for telling them apart. So answers are added up
// in two halves, and of each only the end is kept: where it lies in all that the outbox ever held.
//
// Threads: one worker's. Sans-io.
class answer_window {
public:
    explicit answer_window(std::size_t bytes) noexcept : half_(bytes / 2) {}

    // One of so many bytes was queued, up to that position.
    void add(std::size_t bytes, std::uint64_t end) noexcept {
        // A pong of two bytes takes a hundred of memory.
        constexpr std::size_t of_frame = 128;
        newer_bytes_ += bytes + of_frame;
        newer_end_ = end;
    }
    // `taken`: all before that position is written. While it is full, something waits.
    bool is_full(std::uint64_t taken) noexcept {
        if (newer_bytes_ < half_) {
            return false;
        }
        if (taken < older_end_) {
            return true;
        }
        older_end_ = newer_end_;
        newer_bytes_ = 0;
        return false;
    }

private:
    const std::size_t half_;
    std::size_t newer_bytes_ = 0;
    std::uint64_t newer_end_ = 0;
    std::uint64_t older_end_ = 0;
};

}  // namespace gim::gateway
