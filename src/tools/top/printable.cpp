#include "tools/top/printable.hpp"

#include "base/printable.hpp"

#include <utility>

namespace gim::top {

std::string printable(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (base::is_printable(c)) {
            out += c;
        } else {
            base::append_hex_escape(c, out);
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
