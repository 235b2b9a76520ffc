#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;

namespace gim::websocket {

// How messages are compressed (permessage-deflate, RFC 7692).
struct deflate_options {
    // Bits of the window in which repetitions are found, 9 to 15. It is the same for everybody, so
    // that the same bytes fit everybody: who can take only a smaller one gets no compression.
    // Larger: fewer bytes, and a client holds up to 32 KiB for it.
    std::size_t window_bits = 15;
    static constexpr std::size_t least_window_bits = 9;  // zlib's; with 8 it writes what needs 9
    static constexpr std::size_t most_window_bits = 15;
    // Shorter messages are sent as they are: little would be won. Larger: less CPU, more bytes.
    std::size_t threshold = 256;
};

// Compresses messages one by one, each by itself, so that whoever reads one needs none before it
// (RFC 7692, 7.1.1.1). One object serves all connections of a worker; it takes 256 KiB.
//
// Threads: one worker's.
class deflater {
public:
    explicit deflater(std::size_t window_bits);
    ~deflater();
    deflater(const deflater&) = delete;
    deflater& operator=(const deflater&) = delete;

    // Appends the compressed message to `out`. False, and `out` is what it was, if it would not be
    // shorter.
    bool deflate(std::string_view plain, std::string& out);

private:
    const std::unique_ptr<z_stream_s> stream_;
};

}  // namespace gim::websocket
