#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gim::redis {

// Writes commands as Redis reads them (RESP, an array of bulk strings), behind what is in `out`
// already. Allocates nothing but what `out` grows by.

template <std::integral Number>
void append_number(std::string& out, Number n) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, n).ptr;
    out.append(digits, end);
}

inline void append_head(std::string& out, std::size_t arguments) {
    out += '*';
    append_number(out, arguments);
    out += "\r\n";
}

inline void append_argument(std::string& out, std::string_view text) {
    out += '$';
    append_number(out, text.size());
    out += "\r\n";
    out += text;
    out += "\r\n";
}

template <std::integral Number>
void append_argument(std::string& out, Number n) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, n).ptr;
    append_argument(out, std::string_view(digits, end));
}

// A list stands for as many arguments as it has.
template <class Text>
void append_argument(std::string& out, std::span<const Text> list) {
    for (const auto& text : list) {
        append_argument(out, std::string_view(text));
    }
}

template <class Argument>
std::size_t argument_count(const Argument&) {
    return 1;
}
template <class Text>
std::size_t argument_count(std::span<const Text> list) {
    return list.size();
}

template <class... Arguments>
void append_command(std::string& out, const Arguments&... arguments) {
    append_head(out, (argument_count(arguments) + ...));
    (append_argument(out, arguments), ...);
}

}  // namespace gim::redis
