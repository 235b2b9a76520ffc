#pragma once

#include <string_view>

namespace gim::base {

// The text without the UTF-8 byte order mark that some editors write at the begin of a file.
constexpr std::string_view without_byte_order_mark(std::string_view text) noexcept {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    return text.substr(text.starts_with(mark) ? mark.size() : 0);
}

}  // namespace gim::base
