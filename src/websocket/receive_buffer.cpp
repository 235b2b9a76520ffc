#include "websocket/receive_buffer.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace gim::websocket {

namespace {
constexpr std::size_t least_space = 256;  // bytes worth a system call
constexpr std::size_t busy_space = 4096;  // for a peer that sends more than fits at once
}  // namespace

std::span<char> receive_buffer::space(std::size_t expected) {
    const auto kept = message_size() + size();
    if (kept == 0) {
        message_begin_ = message_end_ = next_ = end_ = 0;
        if (large_ && !was_filled_) {
            release();
        }
    }
    // Doubling bounds what is copied while a long message comes, and what a declared length alone
    // can make us allocate.
    const auto step = std::min(expected, std::max(busy_space, message_size()));
    const auto wanted = step + (was_filled_ ? busy_space : least_space);
    if (capacity_ - end_ < wanted) {
        if (capacity_ - kept >= wanted) {
            move_to(data());
        } else {
            std::unique_ptr<char[]> larger(new char[kept + wanted]);
            move_to(larger.get());
            large_ = std::move(larger);
            capacity_ = kept + wanted;
        }
    }
    return {data() + end_, capacity_ - end_};
}

void receive_buffer::release() noexcept {
    message_begin_ = message_end_ = next_ = end_ = 0;
    large_.reset();
    capacity_ = small_size;
    was_filled_ = false;
}

void receive_buffer::commit(std::size_t bytes) noexcept {
    assert(bytes <= capacity_ - end_);
    end_ += bytes;
    was_filled_ = end_ == capacity_;
}

void receive_buffer::join(std::size_t bytes) noexcept {
    if (message_end_ != next_) {
        std::memmove(data() + message_end_, next(), bytes);
    }
    message_end_ += bytes;
    next_ += bytes;
}

void receive_buffer::replace_message(std::string_view bytes) {
    if (bytes.size() > next_ - message_begin_) {
        const auto rest = size();
        const auto needed = bytes.size() + rest + least_space;
        std::unique_ptr<char[]> larger(new char[needed]);
        std::memcpy(larger.get() + bytes.size(), next(), rest);
        large_ = std::move(larger);
        capacity_ = needed;
        message_begin_ = 0;
        next_ = bytes.size();
        end_ = next_ + rest;
    }
    if (!bytes.empty()) {
        std::memcpy(data() + message_begin_, bytes.data(), bytes.size());
    }
    message_end_ = message_begin_ + bytes.size();
}

void receive_buffer::move_to(char* target) noexcept {
    const auto joined = message_size();
    const auto rest = size();
    std::memmove(target, data() + message_begin_, joined);
    std::memmove(target + joined, next(), rest);
    message_begin_ = 0;
    message_end_ = next_ = joined;
    end_ = joined + rest;
}

}  // namespace gim::websocket
