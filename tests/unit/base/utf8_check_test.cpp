#include "base/utf8_check.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using gim::base::utf8_check;

namespace {

bool is_whole_text(std::string_view bytes) {
    utf8_check check;
    return check.feed(bytes) && check.is_complete();
}

// How many bytes are taken, one by one, before one is refused.
std::size_t taken(std::string_view bytes) {
    utf8_check check;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (!check.feed(bytes.substr(i, 1))) {
            return i;
        }
    }
    return bytes.size();
}

std::string encoded(std::uint32_t c) {
    const auto tail = [&](int shift) { return static_cast<char>(0x80 | ((c >> shift) & 0x3f)); };
    if (c < 0x80) {
        return {static_cast<char>(c)};
    }
    if (c < 0x800) {
        return {static_cast<char>(0xc0 | c >> 6), tail(0)};
    }
    if (c < 0x10000) {
        return {static_cast<char>(0xe0 | c >> 12), tail(6), tail(0)};
    }
    return {static_cast<char>(0xf0 | c >> 18), tail(12), tail(6), tail(0)};
}

}  // namespace

TEST_CASE("every character but the surrogates is text, and no other number is one") {
    for (std::uint32_t c = 0; c < 0x120000; ++c) {
        const bool is_character = c < 0xd800 || (c > 0xdfff && c < 0x110000);
        REQUIRE(is_whole_text(encoded(c)) == is_character);
    }
}

TEST_CASE("an overlong form is refused at the byte that makes it so") {
    CHECK(taken("\xc0\x80") == 0);
    CHECK(taken("\xc1\xbf") == 0);
    CHECK(taken("\xe0\x9f\xbf") == 1);
    CHECK(taken("\xf0\x8f\xbf\xbf") == 1);
}

TEST_CASE("a surrogate and what is beyond the last character are refused at the second byte") {
    CHECK(taken("\xed\xa0\x80") == 1);
    CHECK(taken("\xf4\x90\x80\x80") == 1);
    CHECK(taken("\xf5\x80") == 0);
    CHECK(taken("\xff") == 0);
}

TEST_CASE("a continuation without a beginning, and a beginning without its continuation") {
    CHECK(taken("a\x80") == 1);
    CHECK(
        taken("\xce"
              "a") == 1
    );
    CHECK(
        taken("\xe2\x82"
              "a") == 2
    );
    CHECK(
        taken("\xf0\x9f\x98"
              "a") == 3
    );
}

TEST_CASE("text that ends inside a character is not complete, and goes on in the next piece") {
    const std::string text = "a\xce\xba\xe2\x82\xac\xf0\x9f\x98\x80z";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        CAPTURE(cut);
        utf8_check check;
        CHECK(check.feed(std::string_view(text).substr(0, cut)));
        const bool is_boundary =
            cut == text.size() || (static_cast<std::uint8_t>(text[cut]) & 0xc0) != 0x80;
        CHECK(check.is_complete() == is_boundary);
        CHECK(check.feed(std::string_view(text).substr(cut)));
        CHECK(check.is_complete());
    }
}

TEST_CASE("a wrong byte is found wherever it stands in a long ASCII text") {
    for (std::size_t at = 0; at < 40; ++at) {
        std::string text(40, 'x');
        CHECK(is_whole_text(text));
        text[at] = '\xff';
        CHECK_FALSE(is_whole_text(text));
    }
}
