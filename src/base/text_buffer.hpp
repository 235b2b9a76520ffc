#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace gim::base {

// Bytes that grow at their end, for texts made of many small pieces: to append one is a comparison
// and a copy, where std::string makes a call. It keeps its memory when it is cleared.
class text_buffer {
public:
    // Where the next bytes go: room for `n`. What was written there counts after advance().
    char* room(std::size_t n) {
        if (capacity_ - size_ < n) {
            grow(n);
        }
        return bytes_.get() + size_;
    }
    // REQUIRES: n bytes of room() were written.
    void advance(std::size_t n) noexcept { size_ += n; }

    void append(const char* text, std::size_t n) {
        std::copy_n(text, n, room(n));  // memcpy() would want bytes even for none
        advance(n);
    }
    void append(char c) {
        *room(1) = c;
        advance(1);
    }

    void clear() noexcept { size_ = 0; }
    std::string_view view() const noexcept { return {bytes_.get(), size_}; }

private:
    void grow(std::size_t n) {
        constexpr std::size_t least = 1024;
        std::size_t larger = capacity_ < least ? least : capacity_ * 2;
        while (larger - size_ < n) {
            larger *= 2;
        }
        std::unique_ptr<char[]> bytes(new char[larger]);
        if (size_ > 0) {
            std::memcpy(bytes.get(), bytes_.get(), size_);
        }
        bytes_ = std::move(bytes);
        capacity_ = larger;
    }

    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

}  // namespace gim::base
