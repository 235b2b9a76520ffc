#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>
#include <system_error>

namespace gim::redis {

// The number that a text is; empty: it is none, or not only, or does not fit.
template <std::integral Number>
std::optional<Number> read_number(std::string_view text) {
    Number number = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, ec] = std::from_chars(text.data(), end, number);
    return ec == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

}  // namespace gim::redis
