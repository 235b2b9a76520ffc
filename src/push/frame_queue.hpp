#pragma once

#include "push/frame.hpp"

#include <array>
#include <cstdint>
#include <memory>

namespace gim::push {

// The frames that wait for one socket, first in first out: a ring.
//
// Problem: there is one for every connection, nearly all of them empty at nearly all times, and a
// fan-out touches thousands in a row. So a few frames fit into the object itself, where a delivery
// finds them without another miss of the cache, and a ring that had to grow is given back when it
// has run empty.
class frame_queue {
public:
    frame_queue() = default;
    frame_queue(const frame_queue&) = delete;
    frame_queue& operator=(const frame_queue&) = delete;

    std::uint32_t size() const noexcept { return size_; }
    bool is_empty() const noexcept { return size_ == 0; }
    // REQUIRES: i < size(). 0 is the oldest.
    const frame& operator[](std::uint32_t i) const noexcept { return *slot(i); }

    // Beside itself.
    std::size_t allocated_bytes() const noexcept {
        return ring_ ? capacity_ * sizeof(frame_ptr) : 0;
    }

    // False, and nothing has changed, if there is no memory.
    bool push_back(const frame_ptr& f) noexcept;
    // REQUIRES: not empty.
    void pop_front() noexcept;
    // Drops all but the oldest `kept`.
    void truncate(std::uint32_t kept) noexcept;

private:
    // Both powers of two. The memory of a ring that is not larger is kept: one that a busy room
    // fills again and again is not allocated again and again.
    static constexpr std::uint32_t inside = 2;
    static constexpr std::uint32_t worth_keeping = 16;

    const frame_ptr& slot(std::uint32_t i) const noexcept {
        return (ring_ ? ring_.get() : inside_.data())[(head_ + i) & (capacity_ - 1)];
    }
    frame_ptr& slot(std::uint32_t i) noexcept {
        return (ring_ ? ring_.get() : inside_.data())[(head_ + i) & (capacity_ - 1)];
    }
    bool grow() noexcept;
    void give_back() noexcept;

    std::array<frame_ptr, inside> inside_;  // while there is no ring
    std::unique_ptr<frame_ptr[]> ring_;
    std::uint32_t capacity_ = inside;
    std::uint32_t head_ = 0;
    std::uint32_t size_ = 0;
};

}  // namespace gim::push
