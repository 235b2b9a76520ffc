#pragma once

#include "redis/number.hpp"

#include <concepts>
#include <string_view>

namespace gim::storage {

// How lines of words, with one space between, are taken apart from the left.

// The text up to the next space, which is taken, too; empty if there is no space.
inline std::string_view take_word(std::string_view& rest) {
    const auto end = rest.find(' ');
    if (end == std::string_view::npos) {
        rest = {};
        return {};
    }
    const auto word = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return word;
}

// False if the text is no number, or not only.
template <std::integral Number>
bool take_last_number(std::string_view word, Number& to) {
    const auto number = redis::read_number<Number>(word);
    to = number.value_or(to);
    return number.has_value();
}

template <std::integral Number>
bool take_number(std::string_view& rest, Number& to) {
    return take_last_number(take_word(rest), to);
}

}  // namespace gim::storage
