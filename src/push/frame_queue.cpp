#include "push/frame_queue.hpp"

#include <cassert>
#include <new>
#include <utility>

namespace gim::push {

bool frame_queue::push_back(const frame_ptr& f) noexcept {
    if (size_ == capacity_ && !grow()) {
        return false;
    }
    slot(size_++) = f;
    return true;
}

void frame_queue::pop_front() noexcept {
    assert(size_ > 0);
    slot(0).reset();
    head_ = (head_ + 1) & (capacity_ - 1);
    if (--size_ == 0) {
        give_back();
    }
}

void frame_queue::truncate(std::uint32_t kept) noexcept {
    while (size_ > kept) {
        slot(--size_).reset();
    }
    if (size_ == 0) {
        give_back();
    }
}

bool frame_queue::grow() noexcept {
    const std::uint32_t larger = capacity_ < worth_keeping ? worth_keeping : capacity_ * 2;
    std::unique_ptr<frame_ptr[]> ring(new (std::nothrow) frame_ptr[larger]);
    if (!ring) {
        return false;
    }
    for (std::uint32_t i = 0; i < size_; ++i) {
        ring[i] = std::move(slot(i));
    }
    ring_ = std::move(ring);
    capacity_ = larger;
    head_ = 0;
    return true;
}

void frame_queue::give_back() noexcept {
    if (capacity_ > worth_keeping) {
        ring_.reset();
        capacity_ = inside;
        head_ = 0;
    }
}

}  // namespace gim::push
