#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace gim::program {

// A number in decimal digits and nothing else; empty: it is none, or does not fit.
template <class Integer>
std::optional<Integer> whole_number(std::string_view text) noexcept {
    Integer n = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, ec] = std::from_chars(text.data(), end, n);
    return ec == std::errc{} && stop == end ? std::optional(n) : std::nullopt;
}

}  // namespace gim::program
