#include "program/quoted.hpp"

#include <algorithm>

namespace gim::program {

std::string quoted(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?'
    );
    return '"' + text + '"';
}

}  // namespace gim::program
