#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace gim::top {

// What a server says is not let through to the terminal: everything but printable ASCII is written
// as \xNN.
std::string printable(std::string_view text);

// At most `width` characters; what is cut ends with '~'.
std::string cut(std::string text, std::size_t width);

// Filled with spaces, or cut.
std::string left(std::string text, std::size_t width);
std::string right(std::string text, std::size_t width);

}  // namespace gim::top
