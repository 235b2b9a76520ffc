#include "auth/base64url.hpp"

#include <doctest/doctest.h>

#include <string>

using gim::auth::from_base64url;
using gim::auth::to_base64url;

TEST_CASE("the examples of RFC 4648, 10, without padding") {
    const std::string text = "foobar";
    const char* const encoded[] = {"", "Zg", "Zm8", "Zm9v", "Zm9vYg", "Zm9vYmE", "Zm9vYmFy"};
    for (std::size_t n = 0; n <= text.size(); ++n) {
        CHECK(to_base64url(text.substr(0, n)) == encoded[n]);
        CHECK(from_base64url(encoded[n]) == text.substr(0, n));
    }
    CHECK(to_base64url("\xfb\xef\xff") == "--__");
}

TEST_CASE("all bytes come back, in texts of every length") {
    std::string bytes;
    for (int i = 0; i < 300; ++i) {
        bytes += static_cast<char>(i * 7);
        CHECK(from_base64url(to_base64url(bytes)) == bytes);
    }
}

TEST_CASE("what has a second form, or is none, is refused") {
    for (const char* text :
         {"Z", "Zg=", "Zg==", "Zh", "Zm9", "Zm9vY", "Zm9v\n", " Zm9v", "Zm+v", "Zm/v", "Zm9\xff"}) {
        CAPTURE(text);
        CHECK_FALSE(from_base64url(text));
    }
    CHECK_FALSE(from_base64url(std::string("Zm\0v", 4)));
}
