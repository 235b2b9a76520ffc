#include "websocket/websocket_mask.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>

using gim::websocket::websocket_mask;

TEST_CASE("the mask of RFC 6455, 5.7 unmasks its example, and masks it again") {
    std::string text = "\x7f\x9f\x4d\x51\x58";
    websocket_mask("\x37\xfa\x21\x3d").apply(text.data(), text.size());
    CHECK(text == "Hello");
    websocket_mask("\x37\xfa\x21\x3d").apply(text.data(), text.size());
    CHECK(text == "\x7f\x9f\x4d\x51\x58");
}

TEST_CASE("a mask gives the same bytes in pieces of any sizes and at any place in memory") {
    const char* const key = "\x01\x02\x04\x88";
    std::string expected;
    std::string plain;
    for (std::size_t i = 0; i < 64; ++i) {
        plain += static_cast<char>(i * 7);
        expected += static_cast<char>(plain[i] ^ key[i % 4]);
    }
    for (std::size_t first = 0; first <= 40; ++first) {
        for (std::size_t second = 0; second <= 20; ++second) {
            auto text = plain;
            websocket_mask mask(key);
            mask.apply(text.data(), first);
            mask.apply(text.data() + first, second);
            mask.apply(text.data() + first + second, text.size() - first - second);
            REQUIRE(text == expected);
        }
    }
}
