#include "json/json_text.hpp"

#include <array>
#include <cstdint>
#include <cstring>

namespace gim::json {

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

constexpr std::uint64_t in_every_byte(unsigned char c) {
    return 0x0101010101010101U * c;
}

// Nonzero if one of the eight bytes is zero.
constexpr std::uint64_t zero_byte(std::uint64_t eight) {
    return (eight - in_every_byte(0x01)) & ~eight & in_every_byte(0x80);
}

// Whether one of eight bytes may need an escape. Only the last byte's answer is surely right if an
// earlier one has said yes, which is enough to look closer.
bool may_need_escape(std::uint64_t eight) {
    const auto control = (eight - in_every_byte(0x20)) & ~eight & in_every_byte(0x80);
    return (control | zero_byte(eight ^ in_every_byte('"')) | zero_byte(eight ^ in_every_byte('\\'))
           ) != 0;
}

// How many bytes at the begin stand for themselves, at least.
std::size_t clean_prefix(std::string_view text) {
    std::size_t n = 0;
    for (std::uint64_t eight = 0; n + sizeof(eight) <= text.size(); n += sizeof(eight)) {
        std::memcpy(&eight, text.data() + n, sizeof(eight));
        if (may_need_escape(eight)) {
            return n;
        }
    }
    while (n < text.size() && escapes[static_cast<unsigned char>(text[n])] == 0) {
        ++n;
    }
    return n;
}

// One character behind a backslash. In a string, the backslash has one of its own, and so have the
// quote and the backslash that it stands before.
void append_escape(unsigned char byte, char escape, json_level level, base::text_buffer& out) {
    if (level == json_level::in_string) {
        out.append('\\');
    }
    out.append('\\');
    if (level == json_level::in_string && (escape == '"' || escape == '\\')) {
        out.append('\\');
    }
    out.append(escape);
    if (escape == 'u') {
        out.append('0');
        out.append('0');
        out.append(hex_digits[byte >> 4]);
        out.append(hex_digits[byte & 0xf]);
    }
}

}  // namespace

void append_json_escaped(std::string_view text, json_level level, base::text_buffer& out) {
    while (!text.empty()) {
        const auto clean = clean_prefix(text);
        out.append(text.data(), clean);
        text.remove_prefix(clean);
        // Up to eight bytes, one of which needs an escape; or none are left.
        for (std::size_t i = 0; i < sizeof(std::uint64_t) && !text.empty(); ++i) {
            const auto byte = static_cast<unsigned char>(text.front());
            if (const char escape = escapes[byte]; escape != 0) {
                append_escape(byte, escape, level, out);
            } else {
                out.append(text.front());
            }
            text.remove_prefix(1);
        }
    }
}

void append_json_decimal(double value, base::text_buffer& out) {
    constexpr std::size_t longest = 340;  // what the largest double has
    char* const at = out.room(longest);
    const auto end = std::to_chars(at, at + longest, value, std::chars_format::fixed, 3).ptr;
    out.advance(static_cast<std::size_t>(end - at));
}

}  // namespace gim::json
