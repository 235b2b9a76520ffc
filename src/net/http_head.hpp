#pragma once

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/system/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace gim::net {

// How much one request may have. Larger: strangers hold more memory for longer.
struct http_limits {
    std::size_t head_bytes = 8 * 1024;     // the empty line included; beyond: 431
    std::size_t fields = 64;               // beyond: 431
    std::size_t body_bytes = 1024 * 1024;  // beyond: 413
};

// Why a request is refused. The connection must be closed after the answer, since where the next
// request would begin is not known.
struct http_error {
    http_error() = default;
    http_error(unsigned code, std::string text) : status(code), message(std::move(text)) {}

    unsigned status = 400;  // RFC 9110, 15.5 and 15.6; RFC 6585, 5
    std::string message;
    unsigned retry_after = 0;  // seconds, for the field Retry-After; 0: nothing is said
};

template <class T>
using http_result = boost::system::result<T, http_error>;

struct http_head {
    boost::beast::http::request<boost::beast::http::empty_body> request;
    std::uint64_t content_length = 0;  // how many bytes of body follow
    bool is_chunked = false;           // or whether they are chunked (see chunked_body)

    bool has_body() const noexcept { return is_chunked || content_length > 0; }
};

// Reads the heads of HTTP/1.1 requests, one after the other, strictly (RFC 9112). Sans-io.
//
// Problem: Beast's parser takes heads whose framing two readers may understand differently, which
// is how requests are smuggled past a proxy. So what passes here has one meaning only: one
// Content-Length or one Transfer-Encoding that is "chunked", or none of them; exactly one Host
// (HTTP/1.0: at most one); no folded lines, no bare CR or LF, no control characters; a target in
// origin form (or
// "*"), or in absolute form with the same host as Host. An absolute one is handed out in origin
// form.
//
// Limits: those of http_limits. How the bytes were split never changes the outcome.
class head_reader {
public:
    explicit head_reader(const http_limits& limits = {}) : limits_(limits) {}

    // Takes more bytes of the connection. Gives how many of them belong to this head: all of them
    // until is_complete(), then the rest is body or the next request. After an error only the
    // connection's end is left.
    // REQUIRES: not is_complete().
    http_result<std::size_t> feed(std::string_view bytes);

    bool is_complete() const noexcept { return complete_; }

    // True between two requests, when the peer may close without having broken anything off.
    bool is_empty() const noexcept { return text_.empty(); }

    // Hands the head out and begins the next. REQUIRES: is_complete().
    http_head take();

private:
    http_result<void> take_byte(char c);
    http_result<void> check_line(std::string_view line);

    http_limits limits_;
    std::string text_;            // the head so far
    std::size_t line_begin_ = 0;  // where its last line begins
    std::size_t lines_ = 0;       // complete ones, the request line included
    bool complete_ = false;
    http_head head_;
};

// What no field has; a tab is none.
bool is_control_character(char c) noexcept;

// A line of a field without its end: no folded one, and with a name. REQUIRES: not empty.
http_result<void> check_field_line(std::string_view line);

}  // namespace gim::net
