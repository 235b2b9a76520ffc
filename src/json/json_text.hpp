#pragma once

#include "base/text_buffer.hpp"

#include <charconv>
#include <concepts>
#include <limits>
#include <string_view>

namespace gim::json {

// Where a JSON text stands: by itself, or inside a string of another JSON text, in which all its
// quotes and backslashes are escaped once more.
enum class json_level { plain, in_string };

// Appends `text` as the inside of a JSON string: what RFC 8259, 7 wants escaped is, '"', '\' and
// control characters. UTF-8 stays as it is. REQUIRES: `text` is valid UTF-8.
void append_json_escaped(std::string_view text, json_level level, base::text_buffer& out);

template <std::integral T>
void append_json_integer(T value, base::text_buffer& out) {
    constexpr std::size_t longest = std::numeric_limits<T>::digits10 + 2;  // all digits and a sign
    char* const at = out.room(longest);
    out.advance(static_cast<std::size_t>(std::to_chars(at, at + longest, value).ptr - at));
}

// With three digits behind the point. REQUIRES: finite.
void append_json_decimal(double value, base::text_buffer& out);

}  // namespace gim::json
