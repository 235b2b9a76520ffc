#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace gim::websocket {

// A client's bytes between the socket and who understands them: first what is joined of the message
// in hand, then, behind a gap, what was not taken yet.
//
// Problem: an idle connection must hold little, and a short message cost neither an allocation nor
// a copy. So there is a small buffer inside, and what came whole stays where it lies. A longer
// message moves to a larger buffer, which grows as the bytes come (not because somebody declares
// them) and is given back when the peer rests.
class receive_buffer {
public:
    receive_buffer() = default;
    receive_buffer(const receive_buffer&) = delete;
    receive_buffer& operator=(const receive_buffer&) = delete;

    // Where the next bytes are to be read to; never empty. `expected`: how many the message in hand
    // still needs at least. What the buffer gave before is invalid then.
    std::span<char> space(std::size_t expected);
    // REQUIRES: so many bytes were written to the front of space().
    void commit(std::size_t bytes) noexcept;

    // What was not taken yet.
    std::size_t size() const noexcept { return end_ - next_; }
    char* next() noexcept { return data() + next_; }
    void skip(std::size_t bytes) noexcept { next_ += bytes; }

    // A message begins, empty, at next(); the last one is forgotten at the next space().
    void begin_message() noexcept { message_begin_ = message_end_ = next_; }
    // Takes the next bytes to the end of the message.
    void join(std::size_t bytes) noexcept;
    // Puts other bytes, which are not of this buffer, in the message's place.
    void replace_message(std::string_view bytes);
    // Drops everything, and gives the memory back.
    void release() noexcept;
    std::string_view message() noexcept { return {data() + message_begin_, message_size()}; }
    std::size_t message_size() const noexcept { return message_end_ - message_begin_; }

    // Memory held beyond the object itself.
    std::size_t extra_bytes() const noexcept { return large_ ? capacity_ : 0; }

private:
    char* data() noexcept { return large_ ? large_.get() : small_.data(); }
    void move_to(char* target) noexcept;

    std::size_t message_begin_ = 0;
    std::size_t message_end_ = 0;
    std::size_t next_ = 0;
    std::size_t end_ = 0;
    bool was_filled_ = false;  // the last read took all the space: there is probably more

    static constexpr std::size_t small_size = 512;
    std::size_t capacity_ = small_size;
    std::unique_ptr<char[]> large_;
    std::array<char, small_size> small_;
};

}  // namespace gim::websocket
