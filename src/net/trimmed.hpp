#pragma once

#include <string_view>

namespace gim::net {

// Without the optional whitespace around an element of a field (RFC 9110, 5.6.3).
constexpr std::string_view trimmed(std::string_view text) noexcept {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

}  // namespace gim::net
