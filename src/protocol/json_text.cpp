#include "protocol/json_text.hpp"

#include <array>

namespace gim::protocol {

namespace {

// For every byte: 0 if it stands for itself, 'u' if it is written as \u00XX, else the letter behind
// the backslash.
constexpr std::array<char, 256> escapes = [] {
    std::array<char, 256> table{};
    for (std::size_t c = 0; c < 0x20; ++c) {
        table[c] = 'u';
    }
    table['\b'] = 'b';
    table['\t'] = 't';
    table['\n'] = 'n';
    table['\f'] = 'f';
    table['\r'] = 'r';
    table['"'] = '"';
    table['\\'] = '\\';
    return table;
}();

constexpr char hex_digits[] = "0123456789abcdef";

}  // namespace

void append_json_escaped(std::string_view text, std::string& out) {
    const char* run = text.data();  // what is not yet copied begins here
    const char* const end = run + text.size();
    for (const char* at = run; at != end; ++at) {
        const auto byte = static_cast<unsigned char>(*at);
        const char escape = escapes[byte];
        if (escape == 0) {
            continue;
        }
        out.append(run, at);
        run = at + 1;
        out += '\\';
        out += escape;
        if (escape == 'u') {
            out += "00";
            out += hex_digits[byte >> 4];
            out += hex_digits[byte & 0xf];
        }
    }
    out.append(run, end);
}

void append_json_string(std::string_view text, std::string& out) {
    out += '"';
    append_json_escaped(text, out);
    out += '"';
}

}  // namespace gim::protocol
