#include "net/proxy_header.hpp"

#include <boost/asio/ip/address.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using gim::net::proxy_header_reader;

namespace {

const std::string signature("\r\n\r\n\0\r\nQUIT\n", 12);

std::string number(std::size_t n) {
    return {static_cast<char>(n >> 8), static_cast<char>(n & 0xFF)};
}

// A header of version 2 with this command, family and rest.
std::string binary(unsigned command, unsigned family, const std::string& rest) {
    return signature + static_cast<char>(command) + static_cast<char>(family) +
           number(rest.size()) + rest;
}

const std::string v4_addresses("\xC0\x00\x02\x01\xC0\x00\x02\x09\xDC\x04\x01\xBB", 12);
const std::string v6_addresses = std::string("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16) +
                                 std::string("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x09", 16) +
                                 std::string("\xDC\x04\x01\xBB");

std::string extra(unsigned type, const std::string& value) {
    return static_cast<char>(type) + number(value.size()) + value;
}

// "192.0.2.1", "unknown", "more" if the header is not complete, or the error. `cut` is where what
// comes is split; what is behind the header stays unread and is returned in `rest`.
std::string outcome(std::string_view bytes, std::size_t cut, std::string* rest = nullptr) {
    proxy_header_reader reader;
    for (std::size_t at = 0; at < bytes.size() && reader.wanted() > 0;) {
        const std::size_t end = at < cut ? cut : bytes.size();
        const auto piece = bytes.substr(at, std::min(reader.wanted(), end - at));
        if (auto fed = reader.feed(piece); !fed) {
            return fed.error().message;
        }
        at += piece.size();
        if (rest != nullptr) {
            *rest = bytes.substr(at);
        }
    }
    if (reader.wanted() > 0) {
        return "more";
    }
    return reader.source() ? reader.source()->to_string() : "unknown";
}

struct row {
    std::string bytes;
    const char* expected;
};

const std::vector<row>& good() {
    static const std::vector<row> rows{
        {binary(0x21, 0x11, v4_addresses), "192.0.2.1"},
        {binary(0x21, 0x21, v6_addresses), "2001:db8::1"},
        {binary(0x21, 0x11, v4_addresses + extra(0x04, std::string(200, '\0'))), "192.0.2.1"},
        {binary(0x21, 0x11, v4_addresses + extra(0x02, "") + extra(0x05, "id")), "192.0.2.1"},
        {binary(0x21, 0x21, v6_addresses + extra(0xEA, std::string("\x01vpce", 5))), "2001:db8::1"},
        {binary(0x20, 0x00, ""), "unknown"},
        {binary(0x20, 0x11, v4_addresses), "unknown"},
        {binary(0x21, 0x00, "whatever"), "unknown"},
        {binary(0x20, 0x00, std::string(2032, 'x')), "unknown"},
        {"PROXY TCP4 192.0.2.1 192.0.2.9 56324 443\r\n", "192.0.2.1"},
        {"PROXY TCP6 2001:db8::1 2001:db8::9 0 65535\r\n", "2001:db8::1"},
        {"PROXY UNKNOWN\r\n", "unknown"},
        {"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", "unknown"},
    };
    return rows;
}

const std::vector<row>& bad() {
    const auto none = "PROXY header: there is none";
    const auto form = "PROXY header: must be PROXY TCP4|TCP6 SOURCE DESTINATION PORT PORT";
    const auto family = "PROXY header: neither TCP over IPv4 nor TCP over IPv6";
    const auto tail = "PROXY header: shorter than what it has behind its addresses";
    static const std::vector<row> rows{
        {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", none},
        {"POST / HTTP/1.1\r\n", none},
        {"PUT / HTTP/1.1\r\n", none},
        {"\x16\x03\x01\x02\x01\x01\x02\x03\x04\x05\x06\x07", none},
        {"\r\n\r\nGET / HTTP/1.1", none},
        {signature.substr(0, 11) + "x", none},
        {binary(0x11, 0x11, v4_addresses), "PROXY header: neither LOCAL nor PROXY of version 2"},
        {binary(0x22, 0x11, v4_addresses), "PROXY header: neither LOCAL nor PROXY of version 2"},
        {binary(0x21, 0x12, v4_addresses), family},
        {binary(0x21, 0x31, std::string(216, 'x')), family},
        {binary(0x21, 0xFF, v4_addresses), family},
        {binary(0x21, 0x11, v4_addresses.substr(1)), "PROXY header: shorter than its addresses"},
        {binary(0x21, 0x11, ""), "PROXY header: shorter than its addresses"},
        {binary(0x21, 0x21, v4_addresses), "PROXY header: shorter than its addresses"},
        {binary(0x21, 0x11, v4_addresses + "x"), tail},
        {binary(0x21, 0x11, v4_addresses + std::string("\x04\x00\x05xxxx", 7)), tail},
        {binary(0x21, 0x11, v4_addresses + extra(1, "h2") + std::string("\x01\xFF\xFF", 3)), tail},
        {binary(0x21, 0x11, std::string(2033, '\0')), "PROXY header: longer than 2048 bytes"},
        {binary(0x20, 0x00, std::string(65535, 'x')), "PROXY header: longer than 2048 bytes"},
        {"PROXY TCP4 192.0.2.1 192.0.2.9 56324 443\n",
         "PROXY header: CR and LF must come together"},
        {"PROXY TCP4\rx", "PROXY header: CR and LF must come together"},
        {"PROXY UNKNOWN " + std::string(120, 'x') + "\r\n", "PROXY header: longer than 107 bytes"},
        {"PROXY TCP4 192.0.2.1 192.0.2.9 56324 443 \r\n", form},
        {"PROXY TCP4 192.0.2.1 192.0.2.9 56324\r\n", form},
        {"PROXY TCP4 192.0.2.1 192.0.2.9 56324 443 1\r\n", form},
        {"PROXY TCP4  192.0.2.1 192.0.2.9 56324 443\r\n", form},
        {"PROXY TCP4 192.0.2.1 192.0.2.9 65536 443\r\n", form},
        {"PROXY TCP4 192.0.2.1 192.0.2.9 056 443\r\n", form},
        {"PROXY TCP4 192.0.2.1 192.0.2.9 -1 443\r\n", form},
        {"PROXY TCP5 192.0.2.1 192.0.2.9 1 443\r\n", form},
        {"PROXY tcp4 192.0.2.1 192.0.2.9 1 443\r\n", form},
        {"PROXY TCP4 192.0.2.1 2001:db8::1 1 443\r\n", form},
        {"PROXY TCP4 2001:db8::1 192.0.2.1 1 443\r\n", "PROXY header: the source is no address"},
        {"PROXY TCP4 192.0.2 192.0.2.9 1 443\r\n", "PROXY header: the source is no address"},
        {"PROXY TCP6 fe80::1%lo ::1 1 443\r\n", "PROXY header: the source is no address"},
        {"PROXY        \r\n", form},
    };
    return rows;
}

}  // namespace

TEST_CASE("the source is what the header says, wherever it is split") {
    for (const row& r : good()) {
        CAPTURE(r.expected);
        for (std::size_t cut = 0; cut <= r.bytes.size(); ++cut) {
            CHECK(outcome(r.bytes, cut) == r.expected);
        }
    }
}

TEST_CASE("what is behind the header is not touched") {
    for (const row& r : good()) {
        std::string rest;
        CHECK(outcome(r.bytes + "GET / HTTP/1.1\r\n", 0, &rest) == r.expected);
        CHECK(rest == "GET / HTTP/1.1\r\n");
    }
}

TEST_CASE("a header that is broken off is waited for") {
    for (const row& r : good()) {
        for (std::size_t n = 0; n < r.bytes.size(); ++n) {
            CHECK(outcome(std::string_view(r.bytes).substr(0, n), 0) == "more");
        }
    }
}

TEST_CASE("what is no header, lies or is too long is refused, wherever it is split") {
    for (const row& r : bad()) {
        CAPTURE(r.expected);
        CAPTURE(r.bytes);
        // The outcome of the long ones is known before their end.
        for (std::size_t cut = 0; cut <= std::min<std::size_t>(r.bytes.size(), 300); ++cut) {
            CHECK(outcome(r.bytes, cut) == r.expected);
        }
    }
}
