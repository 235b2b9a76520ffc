#pragma once

#include <cstdint>
#include <string_view>

namespace gim::base {

// Checks text that comes in pieces for being UTF-8 (RFC 3629), and fails at the first byte after
// which it cannot become valid any more.
class utf8_check {
public:
    // Takes the next piece; false: the text is not UTF-8. After that nothing else may be fed.
    bool feed(std::string_view piece) noexcept;
    // False in the middle of a character.
    bool is_complete() const noexcept { return missing_ == 0; }

private:
    bool begin_character(std::uint8_t lead) noexcept;

    std::uint8_t missing_ = 0;  // bytes of the character that is being read
    std::uint8_t lowest_ = 0;   // the range of the next one
    std::uint8_t highest_ = 0;
};

// The same for a whole text.
inline bool is_utf8(std::string_view text) noexcept {
    utf8_check check;
    return check.feed(text) && check.is_complete();
}

}  // namespace gim::base
