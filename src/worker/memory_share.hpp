#pragma once

#include <cstddef>
#include <utility>

namespace gim::worker {

// Bytes that one owner has taken of a budget, given back at its end. `Budget`: memory_budget or
// memory_part.
//
// Threads: the owner's.
template <class Budget>
class memory_share {
public:
    // The budget is borrowed and must outlive the share; null: there is no limit.
    explicit memory_share(Budget* of = nullptr) noexcept : of_(of) {}
    memory_share(memory_share&& other) noexcept
        : of_(other.of_), bytes_(std::exchange(other.bytes_, 0)) {}
    memory_share& operator=(memory_share&& other) noexcept {
        std::swap(of_, other.of_);
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~memory_share() { resize(0); }

    std::size_t bytes() const noexcept { return bytes_; }

    // False, and nothing has changed: the limit would be exceeded. Fewer bytes are always fine.
    bool try_resize(std::size_t bytes) noexcept {
        if (of_ != nullptr && bytes > bytes_ && !of_->try_grow(bytes_, bytes)) {
            return false;
        }
        if (of_ != nullptr && bytes < bytes_) {
            of_->give_back(bytes_ - bytes);
        }
        bytes_ = bytes;
        return true;
    }

    // For what must wait in any case.
    void resize(std::size_t bytes) noexcept {
        if (of_ != nullptr && bytes > bytes_) {
            of_->take(bytes - bytes_);
        } else if (of_ != nullptr && bytes < bytes_) {
            of_->give_back(bytes_ - bytes);
        }
        bytes_ = bytes;
    }

private:
    Budget* of_;
    std::size_t bytes_ = 0;
};

}  // namespace gim::worker
