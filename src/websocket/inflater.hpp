#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

struct z_stream_s;

namespace gim::websocket {

// Decompresses messages one by one, each by itself (RFC 7692, 7.1.1.2). One object serves all
// connections of a worker; it takes some 40 KiB, and what the longest message took, of which
// rest() gives back what is far above the usual.
//
// Problem: a few bytes can stand for very many. So decompressing stops at a bound, and memory
// grows with what has come out, never beyond the bound. Threads: one worker's.
class inflater {
public:
    inflater();
    ~inflater();
    inflater(const inflater&) = delete;
    inflater& operator=(const inflater&) = delete;

    enum class outcome {
        whole,     // bytes() has the message
        broken,    // not DEFLATE, or cut off
        too_long,  // more than `most` bytes
    };
    // `deflated`: the payload of a whole message.
    outcome inflate(std::string_view deflated, std::size_t most);

    // Valid until inflate() is called again.
    std::string_view bytes() const noexcept { return {buffer_.get(), size_}; }
    // bytes() is no longer needed.
    void rest() noexcept;
    // What is held for bytes().
    std::size_t capacity() const noexcept { return capacity_; }

private:
    // Takes all of `part`.
    outcome take(std::string_view part, std::size_t most);
    void grow(std::size_t most);

    const std::unique_ptr<z_stream_s> stream_;
    bool is_at_end_ = false;  // of what was DEFLATE's last block
    std::unique_ptr<char[]> buffer_;
    std::size_t capacity_ = 0;
    std::size_t size_ = 0;
};

}  // namespace gim::websocket
