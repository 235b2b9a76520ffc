#include "net/chunked_body.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace gim::net {

namespace {

constexpr unsigned max_digits = 8;

http_error refuse(std::string message, unsigned status = 400) {
    return {status, std::move(message)};
}

// Negative: no digit.
int hex_value(char c) noexcept {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

http_result<std::size_t> chunked_body::feed(std::string_view bytes, std::string& data) {
    assert(!is_complete());
    std::size_t used = 0;
    while (used < bytes.size() && !is_complete()) {
        if (where_ == place::data) {
            const auto part = bytes.substr(used, chunk_left_);
            data.append(part);
            used += part.size();
            chunk_left_ -= part.size();
            if (chunk_left_ == 0) {
                where_ = place::data_cr;
            }
            continue;
        }
        if (auto taken = take_byte(bytes[used]); !taken) {
            return taken.error();
        }
        ++used;
    }
    return used;
}

http_result<void> chunked_body::take_byte(char c) {
    const auto expect = [&](char wanted, place next) -> http_result<void> {
        if (c != wanted) {
            return refuse("chunk: CR and LF must come where it ends");
        }
        where_ = next;
        return {};
    };
    switch (where_) {
        case place::size:
            return take_of_size(c);
        case place::extension:
            if (c == '\r') {
                where_ = place::size_lf;
                return {};
            }
            return take_extra(c);
        case place::size_lf:
            return c == '\n' ? begin_chunk() : refuse("chunk: CR and LF must come together");
        case place::data_cr:
            return expect('\r', place::data_lf);
        case place::data_lf:
            digits_ = 0;
            return expect('\n', place::size);
        case place::trailer:
            if (c == '\r') {
                where_ = place::trailer_lf;
                return {};
            }
            trailer_.push_back(c);
            return take_extra(c);
        case place::trailer_lf:
            return c == '\n' ? end_trailer() : refuse("trailer: CR and LF must come together");
        case place::data:
        case place::end:
            break;
    }
    assert(false);
    return {};
}

http_result<void> chunked_body::take_of_size(char c) {
    const int digit = hex_value(c);
    if (digit >= 0 && digits_ < max_digits) {
        chunk_left_ = chunk_left_ * 16 + static_cast<std::size_t>(digit);
        ++digits_;
        return {};
    }
    if (digits_ > 0 && (c == '\r' || c == ';')) {
        where_ = c == '\r' ? place::size_lf : place::extension;
        return {};
    }
    return refuse("chunk: the size must be 1 to 8 hex digits");
}

http_result<void> chunked_body::begin_chunk() {
    if (chunk_left_ > data_left_) {
        return refuse("body: must be at most " + std::to_string(max_bytes_) + " bytes", 413);
    }
    data_left_ -= chunk_left_;
    where_ = chunk_left_ == 0 ? place::trailer : place::data;
    return {};
}

http_result<void> chunked_body::end_trailer() {
    if (trailer_.empty()) {
        where_ = place::end;
        return {};
    }
    if (auto checked = check_field_line(trailer_); !checked) {
        return checked.error();
    }
    trailer_.clear();
    where_ = place::trailer;
    return {};
}

http_result<void> chunked_body::take_extra(char c) {
    if (is_control_character(c)) {
        return refuse("chunk: control character");
    }
    if (extra_left_ == 0) {
        return refuse("chunk: too many bytes of extensions and trailers", 431);
    }
    --extra_left_;
    return {};
}

}  // namespace gim::net
