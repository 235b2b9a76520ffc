#pragma once

#include <charconv>
#include <concepts>
#include <limits>
#include <string>
#include <string_view>

namespace gim::protocol {

// Appends `text` with what RFC 8259, 7 wants escaped: '"', '\' and control characters. UTF-8 stays
// as it is. REQUIRES: `text` is valid UTF-8 and no part of `out`.
void append_json_escaped(std::string_view text, std::string& out);

// The same, between quotes.
void append_json_string(std::string_view text, std::string& out);

template <std::integral T>
void append_json_integer(T value, std::string& out) {
    char digits[std::numeric_limits<T>::digits10 + 2];  // all digits and a sign
    const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
    out.append(digits, end);
}

}  // namespace gim::protocol
