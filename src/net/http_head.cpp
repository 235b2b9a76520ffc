#include "net/http_head.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/none.hpp>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <utility>

namespace gim::net {

namespace http = boost::beast::http;

namespace {

http_error refuse(std::string message, unsigned status = 400) {
    return {status, std::move(message)};
}

// RFC 9110, 5.6.2: what methods and field names are made of.
bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

// RFC 9112, 3.2: origin form, or "*" of OPTIONS. This server is no proxy.
bool is_target(std::string_view method, std::string_view target) noexcept {
    if (target == "*") {
        return method == "OPTIONS";
    }
    return target.starts_with('/') && std::all_of(target.begin(), target.end(), [](char c) {
               return c > ' ' && c <= '~' && c != '#';
           });
}

http_result<void> check_request_line(std::string_view line) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) {
        return refuse("request line: must be METHOD TARGET HTTP/1.1");
    }
    const auto method = line.substr(0, first);
    const auto target = line.substr(first + 1, last - first - 1);
    const auto version = line.substr(last + 1);
    if (!is_token(method)) {
        return refuse("request line: bad method");
    }
    if (!is_target(method, target)) {
        return refuse("request line: bad target");
    }
    if (version == "HTTP/1.1" || version == "HTTP/1.0") {
        return {};
    }
    const bool has_form = version.size() == 8 && version.starts_with("HTTP/") &&
                          is_digit(version[5]) && version[6] == '.' && is_digit(version[7]);
    return has_form ? refuse("HTTP version: must be 1.1 or 1.0", 505)
                    : refuse("request line: bad HTTP version");
}

http_result<void> check_field_line(std::string_view line) {
    if (line.front() == ' ' || line.front() == '\t') {
        return refuse("header: folded line");
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
        return refuse("header: bad field name");
    }
    return {};
}

// RFC 9112, 3.2: a Host that is no authority is refused; an empty one is allowed.
http_result<void> check_host(const http::fields& fields, unsigned version) {
    const auto count = fields.count(http::field::host);
    if (count > 1 || (count == 0 && version >= 11)) {
        return refuse("Host: must be given exactly once");
    }
    const auto it = fields.find(http::field::host);
    if (it != fields.end() &&
        it->value().find_first_of(" \t,/?#@\\\"<>") != boost::beast::string_view::npos) {
        return refuse("Host: bad value");
    }
    return {};
}

// RFC 9112, 6: the length of the body. Only Content-Length is understood.
http_result<std::uint64_t>
check_framing(const http::request<http::empty_body>& request, std::size_t body_bytes) {
    if (request.count(http::field::transfer_encoding) > 0) {
        return refuse("Transfer-Encoding: not accepted, send Content-Length");
    }
    const auto count = request.count(http::field::content_length);
    if (count == 0) {
        return std::uint64_t{0};
    }
    const auto value = request[http::field::content_length];
    if (count > 1 || value.empty() || !std::all_of(value.begin(), value.end(), is_digit)) {
        return refuse("Content-Length: must be one number");
    }
    std::uint64_t length = 0;
    const char* const end = value.data() + value.size();
    const bool fits = std::from_chars(value.data(), end, length).ec == std::errc{};
    if (!fits || length > body_bytes) {
        return refuse("Content-Length: must be at most " + std::to_string(body_bytes), 413);
    }
    if (length > 0 &&
        (request.method() == http::verb::get || request.method() == http::verb::head)) {
        return refuse("Content-Length: GET and HEAD have no body");
    }
    return length;
}

http_result<http_head> parse(std::string_view text, const http_limits& limits) {
    http::request_parser<http::empty_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(limits.head_bytes + 1));
    parser.body_limit(boost::none);  // check_framing() has the limit
    boost::system::error_code ec;
    parser.put(boost::asio::buffer(text), ec);
    if ((ec && ec != http::error::need_more) || !parser.is_header_done()) {
        return refuse("header: malformed");
    }
    http_head head;
    head.request = parser.release();
    if (auto host = check_host(head.request, head.request.version()); !host) {
        return host.error();
    }
    const auto length = check_framing(head.request, limits.body_bytes);
    if (!length) {
        return length.error();
    }
    head.content_length = *length;
    return head;
}

}  // namespace

http_result<void> head_reader::check_line(std::string_view line) {
    if (lines_ == 0) {
        return check_request_line(line);
    }
    if (lines_ > limits_.fields) {
        return refuse("header: more than " + std::to_string(limits_.fields) + " fields", 431);
    }
    return check_field_line(line);
}

http_result<void> head_reader::take_byte(char c) {
    // Everything that can be wrong is found at the byte that makes it so: then neither the way the
    // bytes were split nor a peer that stops in the middle changes the answer.
    if (text_.size() == limits_.head_bytes) {
        return refuse("header: more than " + std::to_string(limits_.head_bytes) + " bytes", 431);
    }
    const bool after_cr = !text_.empty() && text_.back() == '\r';
    if (after_cr != (c == '\n')) {
        return refuse("header: CR and LF must come together");
    }
    const auto code = static_cast<unsigned char>(c);
    if ((code < 0x20 && c != '\t' && c != '\r' && c != '\n') || code == 0x7F) {
        return refuse("header: control character");
    }
    text_.push_back(c);
    if (c != '\n') {
        return {};
    }
    const std::string_view line(text_.data() + line_begin_, text_.size() - line_begin_ - 2);
    line_begin_ = text_.size();
    if (lines_ > 0 && line.empty()) {
        auto head = parse(text_, limits_);
        if (!head) {
            return head.error();
        }
        head_ = std::move(*head);
        complete_ = true;
        return {};
    }
    auto checked = check_line(line);
    ++lines_;
    return checked;
}

http_result<std::size_t> head_reader::feed(std::string_view bytes) {
    assert(!complete_);
    std::size_t used = 0;
    while (used < bytes.size() && !complete_) {
        if (auto taken = take_byte(bytes[used]); !taken) {
            return taken.error();
        }
        ++used;
    }
    return used;
}

http_head head_reader::take() {
    assert(complete_);
    http_head head = std::move(head_);
    *this = head_reader(limits_);
    return head;
}

}  // namespace gim::net
