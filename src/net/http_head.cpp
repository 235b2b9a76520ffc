#include "net/http_head.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/none.hpp>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <optional>
#include <utility>

namespace gim::net {

namespace beast = boost::beast;
namespace http = beast::http;

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

// A target in absolute form (RFC 9112, 3.2.2), as clients send it that take this server for a
// proxy.
struct absolute_target {
    std::string_view authority;
    std::string_view rest;          // path and query
    std::string_view default_port;  // of the scheme, with its colon
};

std::optional<absolute_target> split_absolute(std::string_view target) {
    absolute_target parts;
    if (beast::iequals(target.substr(0, 7), "http://")) {
        parts.default_port = ":80";
    } else if (beast::iequals(target.substr(0, 8), "https://")) {
        parts.default_port = ":443";
    } else {
        return std::nullopt;
    }
    target.remove_prefix(target.find("://") + 3);
    parts.authority = target.substr(0, target.find_first_of("/?"));
    parts.rest = target.substr(parts.authority.size());
    return parts;
}

// What no authority has (RFC 9110, 7.2). Names and passwords of users are not accepted in it.
bool has_bad_host_character(std::string_view text) noexcept {
    return text.find_first_of(" \t,/?#@\\\"<>") != std::string_view::npos;
}

// RFC 9112, 3.2: origin form, absolute form, or "*" of OPTIONS.
bool is_target(std::string_view method, std::string_view target) {
    if (target == "*") {
        return method == "OPTIONS";
    }
    const bool has_good_characters = std::all_of(target.begin(), target.end(), [](char c) {
        return c > ' ' && c <= '~' && c != '#';
    });
    if (!has_good_characters || target.starts_with('/')) {
        return has_good_characters;
    }
    const auto absolute = split_absolute(target);
    return absolute && !absolute->authority.empty() && !has_bad_host_character(absolute->authority);
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

// RFC 9112, 3.2: a Host that is no authority is refused; an empty one is allowed.
http_result<void> check_host(const http::fields& fields, unsigned version) {
    const auto count = fields.count(http::field::host);
    if (count > 1 || (count == 0 && version >= 11)) {
        return refuse("Host: must be given exactly once");
    }
    const auto it = fields.find(http::field::host);
    if (it != fields.end() && has_bad_host_character(it->value())) {
        return refuse("Host: bad value");
    }
    return {};
}

std::string_view without_port(std::string_view authority, std::string_view port) noexcept {
    if (authority.ends_with(port)) {
        authority.remove_suffix(port.size());
    }
    return authority;
}

// Changes a target in absolute form into origin form. The host in it counts, so one reader may not
// go by it and another by a different Host.
http_result<void> make_origin_form(http::request<http::empty_body>& request) {
    const std::string target(request.target());
    const auto absolute = split_absolute(target);
    if (!absolute) {
        return {};
    }
    const auto [authority, rest, port] = *absolute;
    const auto host = request.find(http::field::host);
    if (host == request.end() ||
        !beast::iequals(without_port(host->value(), port), without_port(authority, port))) {
        return refuse("Host: must be the host of the request line");
    }
    if (rest.empty() && request.method() == http::verb::options) {
        request.target("*");  // RFC 9112, 3.2.4
    } else {
        request.target(rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest));
    }
    return {};
}

// RFC 9112, 6.1: one coding, "chunked", without a Content-Length.
http_result<void> check_coding(const http::request<http::empty_body>& request) {
    if (request.version() < 11) {
        return refuse("Transfer-Encoding: not in HTTP/1.0");
    }
    if (request.count(http::field::content_length) > 0) {
        return refuse("Transfer-Encoding: not beside Content-Length");
    }
    const std::string_view coding = request[http::field::transfer_encoding];
    if (request.count(http::field::transfer_encoding) == 1 && beast::iequals(coding, "chunked")) {
        return {};
    }
    return refuse(
        "Transfer-Encoding: must be chunked and nothing else",
        coding.ends_with(", chunked") ? 501 : 400
    );
}

// RFC 9112, 6: the length of the body, if its end is not in itself.
http_result<std::uint64_t>
read_length(const http::request<http::empty_body>& request, std::size_t body_bytes) {
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
    if (auto changed = make_origin_form(head.request); !changed) {
        return changed.error();
    }
    head.is_chunked = head.request.count(http::field::transfer_encoding) > 0;
    if (head.is_chunked) {
        if (auto coding = check_coding(head.request); !coding) {
            return coding.error();
        }
    } else {
        const auto length = read_length(head.request, limits.body_bytes);
        if (!length) {
            return length.error();
        }
        head.content_length = *length;
    }
    const auto method = head.request.method();
    if (head.has_body() && (method == http::verb::get || method == http::verb::head)) {
        return refuse("body: GET and HEAD have none");
    }
    return head;
}

}  // namespace

bool is_control_character(char c) noexcept {
    const auto code = static_cast<unsigned char>(c);
    return (code < 0x20 && c != '\t') || code == 0x7F;
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
    if (is_control_character(c) && c != '\r' && c != '\n') {
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
