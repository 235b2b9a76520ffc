#include "base/utf8_check.hpp"

#include <cstddef>
#include <cstring>

namespace gim::base {

namespace {

// Nearly all text of requests is ASCII: eight bytes at a time.
std::size_t leading_ascii(const char* at, std::size_t size) noexcept {
    constexpr std::uint64_t high_bits = 0x8080808080808080;
    std::size_t n = 0;
    while (size - n >= sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, at + n, sizeof word);
        if ((word & high_bits) != 0) {
            break;
        }
        n += sizeof word;
    }
    while (n < size && static_cast<std::uint8_t>(at[n]) < 0x80) {
        ++n;
    }
    return n;
}

}  // namespace

bool utf8_check::feed(std::string_view piece) noexcept {
    const char* at = piece.data();
    const char* const end = at + piece.size();
    while (at != end) {
        if (missing_ == 0) {
            at += leading_ascii(at, static_cast<std::size_t>(end - at));
            if (at == end) {
                return true;
            }
            if (!begin_character(static_cast<std::uint8_t>(*at++))) {
                return false;
            }
            continue;
        }
        const auto byte = static_cast<std::uint8_t>(*at++);
        if (byte < lowest_ || byte > highest_) {
            return false;
        }
        --missing_;
        lowest_ = 0x80;
        highest_ = 0xBF;
    }
    return true;
}

// RFC 3629, 4. Only the second byte has a narrower range, against overlong forms, surrogates and
// what is beyond U+10FFFF.
bool utf8_check::begin_character(std::uint8_t lead) noexcept {
    lowest_ = 0x80;
    highest_ = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
        missing_ = 1;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        missing_ = 2;
        lowest_ = lead == 0xE0 ? 0xA0 : 0x80;
        highest_ = lead == 0xED ? 0x9F : 0xBF;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        missing_ = 3;
        lowest_ = lead == 0xF0 ? 0x90 : 0x80;
        highest_ = lead == 0xF4 ? 0x8F : 0xBF;
    } else {
        return false;
    }
    return true;
}

}  // namespace gim::base
