#pragma once

#include <string>

namespace gim::base {

// Of ASCII, what a terminal and a line of a log show as it is.
constexpr bool is_printable(char c) noexcept {
    return c >= ' ' && c <= '~';
}

// What stands for a character that must not: \xNN.
inline void append_hex_escape(char c, std::string& to) {
    constexpr char digits[] = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    to += {'\\', 'x', digits[byte >> 4], digits[byte & 0xf]};
}

}  // namespace gim::base
