#pragma once

#include "net/http_head.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace gim::net {

// Reads a body in the chunked coding (RFC 9112, 7.1), strictly. Sans-io.
//
// Problem: two readers that find different ends of a body let requests be smuggled. So a size is 1
// to 8 hex digits, every line ends with CR LF, and control characters are errors everywhere but in
// the data. Extensions of chunks and trailers are checked and dropped: nothing in them changes the
// request.
//
// Limits: the data, and the bytes of all extensions and trailers together. How the bytes were split
// never changes the outcome.
class chunked_body {
public:
    // Beyond `max_bytes` of data: 413. Beyond `max_extra_bytes` of extensions and trailers: 431.
    chunked_body(std::size_t max_bytes, std::size_t max_extra_bytes)
        : data_left_(max_bytes), extra_left_(max_extra_bytes), max_bytes_(max_bytes) {}

    // Appends the data in `bytes` to `data`. Returns how many bytes belong to the body: all of them
    // until is_complete(), then the rest is the next request. After an error only the connection's
    // end is left. REQUIRES: not is_complete().
    http_result<std::size_t> feed(std::string_view bytes, std::string& data);

    bool is_complete() const noexcept { return where_ == place::end; }

private:
    // What the next byte is.
    enum class place {
        size,       // a digit, or what follows the last one
        extension,  // of the chunk
        size_lf,    // the LF behind the size
        data,
        data_cr,  // behind the data
        data_lf,
        trailer,  // of a field line, or the CR that ends it
        trailer_lf,
        end
    };

    http_result<void> take_byte(char c);
    http_result<void> take_of_size(char c);
    http_result<void> begin_chunk();
    http_result<void> end_trailer();
    http_result<void> take_extra(char c);

    place where_ = place::size;
    unsigned digits_ = 0;
    std::size_t chunk_left_ = 0;  // of this chunk's data
    std::size_t data_left_;       // that may still be announced
    std::size_t extra_left_;
    std::size_t max_bytes_;
    std::string trailer_;  // the line so far
};

}  // namespace gim::net
