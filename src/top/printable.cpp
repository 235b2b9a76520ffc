#include "top/printable.hpp"

#include <utility>

namespace gim::top {

std::string printable(std::string_view text) {
    constexpr char hex_digits[] = "0123456789abcdef";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c >= ' ' && c <= '~') {
            out += c;
        } else {
            out += {'\\', 'x', hex_digits[byte >> 4], hex_digits[byte & 0xf]};
        }
    }
    return out;
}

std::string cut(std::string text, std::size_t width) {
    if (text.size() > width) {
        text.resize(width);
        if (width > 0) {
            text.back() = '~';
        }
    }
    return text;
}

std::string left(std::string text, std::size_t width) {
    auto out = cut(std::move(text), width);
    out.resize(width, ' ');
    return out;
}

std::string right(std::string text, std::size_t width) {
    const auto out = cut(std::move(text), width);
    return std::string(width - out.size(), ' ') + out;
}

}  // namespace gim::top
