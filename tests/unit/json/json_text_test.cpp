#include "json/json_text.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <limits>
#include <random>
#include <string>

using namespace gim::json;

namespace {

std::string printed(std::string_view text) {
    gim::base::text_buffer out;
    out.append('"');
    append_json_escaped(text, json_level::plain, out);
    out.append('"');
    return std::string(out.view());
}

std::string escaped(std::string_view text, json_level level) {
    gim::base::text_buffer out;
    append_json_escaped(text, level, out);
    return std::string(out.view());
}

void append_utf8(char32_t c, std::string& out) {
    const auto put = [&](char32_t byte) {
        out += static_cast<char>(static_cast<unsigned char>(byte));
    };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xc0 | c >> 6);
        put(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        put(0xe0 | c >> 12);
        put(0x80 | (c >> 6 & 0x3f));
        put(0x80 | (c & 0x3f));
    } else {
        put(0xf0 | c >> 18);
        put(0x80 | (c >> 12 & 0x3f));
        put(0x80 | (c >> 6 & 0x3f));
        put(0x80 | (c & 0x3f));
    }
}

// Half of the characters are those near the edges of the rules.
std::string random_text(std::mt19937& random) {
    constexpr char32_t edges[] = {
        0,
        1,
        0x1f,
        0x20,
        '"',
        '\\',
        '/',
        0x7f,
        0x80,
        0x7ff,
        0x800,
        0xd7ff,
        0xe000,
        0xffff,
        0x10000,
        0x10ffff};
    std::string text;
    for (auto left = random() % 40; left > 0; --left) {
        char32_t c = random() % 2 == 0 ? edges[random() % std::size(edges)]
                                       : static_cast<char32_t>(random() % 0x110000);
        if (c >= 0xd800 && c <= 0xdfff) {
            c = '"';
        }
        append_utf8(c, text);
    }
    return text;
}

}  // namespace

TEST_CASE("quotes, backslashes and control characters are escaped, all else stays") {
    CHECK(printed("") == R"("")");
    CHECK(
        printed("plain / \x7f \xc3\xa9 \xf0\x9f\x98\x80") ==
        "\"plain / \x7f \xc3\xa9 \xf0\x9f\x98\x80\""
    );
    CHECK(printed(R"(a"b\c)") == R"("a\"b\\c")");
    CHECK(printed("\b\t\n\f\r") == R"("\b\t\n\f\r")");
    CHECK(printed(std::string_view("\0\x01\x1f", 3)) == R"("\u0000\u0001\u001f")");
}

TEST_CASE("what was printed parses to what it was") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 2000; ++round) {
        const auto text = random_text(random);
        const auto parsed = nlohmann::json::parse(printed(text)).get<std::string>();
        REQUIRE(parsed == text);
        // JSON text within a JSON string, as in frames.
        REQUIRE(
            escaped(printed(text), json_level::plain) ==
            "\\\"" + escaped(text, json_level::in_string) + "\\\""
        );
    }
}

TEST_CASE("integers are written to their last digit") {
    gim::base::text_buffer out;
    append_json_integer(std::numeric_limits<std::int64_t>::min(), out);
    out.append(' ');
    append_json_integer(std::numeric_limits<std::uint64_t>::max(), out);
    out.append(' ');
    append_json_integer(0, out);
    CHECK(out.view() == "-9223372036854775808 18446744073709551615 0");
}

TEST_CASE("an escape is found wherever it stands among bytes that need none") {
    for (const char special : {'"', '\\', '\x01', '\x1f', '\n'}) {
        for (std::size_t length = 1; length <= 40; ++length) {
            for (std::size_t at = 0; at < length; ++at) {
                std::string text(length, at % 2 == 0 ? ' ' : '~');
                text[at] = special;
                CAPTURE(text);
                REQUIRE(nlohmann::json::parse(printed(text)).get<std::string>() == text);
            }
        }
    }
}

TEST_CASE("a buffer keeps what was written while it grows, and begins anew when cleared") {
    gim::base::text_buffer out;
    std::string model;
    for (std::size_t n = 1; n < 3000; n += 7) {
        const std::string piece(n, static_cast<char>('a' + n % 26));
        out.append(piece.data(), piece.size());
        out.append('.');
        model += piece + '.';
    }
    CHECK(out.view() == model);
    out.clear();
    CHECK(out.view().empty());
    out.append('x');
    CHECK(out.view() == "x");
}

TEST_CASE("a decimal has three digits behind its point, however large it is") {
    const auto text = [](double value) {
        gim::base::text_buffer out;
        append_json_decimal(value, out);
        return std::string(out.view());
    };
    CHECK(text(0) == "0.000");
    CHECK(text(12.3456) == "12.346");
    CHECK(text(-0.5) == "-0.500");
    CHECK(text(std::numeric_limits<double>::max()).size() == 309 + 4);
}
