#include "net/chunked_body.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace gim::net;

namespace {

// What came of a body: 0 and its data, 1 for "wants more", or the HTTP status of the refusal.
struct outcome {
    unsigned status = 1;
    std::string message;
    std::string data;
    std::size_t bytes = 0;  // of the coding

    friend bool operator==(const outcome&, const outcome&) = default;
};

constexpr std::size_t max_bytes = 20;
constexpr std::size_t max_extra_bytes = 30;

outcome read_in_pieces(const std::vector<std::string_view>& pieces) {
    chunked_body reader(max_bytes, max_extra_bytes);
    outcome o;
    for (const auto piece : pieces) {
        const auto used = reader.feed(piece, o.data);
        if (!used) {
            return {used.error().status, used.error().message, {}, 0};
        }
        o.bytes += *used;
        if (reader.is_complete()) {
            o.status = 0;
            return o;
        }
        REQUIRE(*used == piece.size());
    }
    return o;
}

// Whole, split in two at every byte, and byte by byte: it must always come out the same.
outcome read_every_way(std::string_view raw) {
    const auto whole = read_in_pieces({raw});
    std::vector<std::string_view> single;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        CAPTURE(i);
        single.push_back(raw.substr(i, 1));
        CHECK(read_in_pieces({raw.substr(0, i), raw.substr(i)}) == whole);
    }
    CHECK(read_in_pieces(single) == whole);
    return whole;
}

}  // namespace

TEST_CASE("chunks become their data, and what follows the body is left") {
    struct row {
        std::string body;
        std::string data;
    };
    const std::vector<row> rows = {
        {"0\r\n\r\n", ""},
        {"00000000\r\n\r\n", ""},
        {"1\r\na\r\n0\r\n\r\n", "a"},
        {"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "abcde"},
        {"a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789"},
        {"00000002\r\n\r\n\r\n0\r\n\r\n", "\r\n"},
        {std::string("4\r\n\0\x01\xFF\n\r\n0\r\n\r\n", 14), std::string("\0\x01\xFF\n", 4)},
        {"5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n"},
        // extensions and trailers are dropped
        {"1;a\r\nx\r\n0;b=\"c d\"\r\n\r\n", "x"},
        {"1; \t\r\nx\r\n0\r\n\r\n", "x"},
        {"1\r\nx\r\n0\r\nA: b\r\nHost: y\r\n\r\n", "x"},
        {"0\r\nTransfer-Encoding: gzip\r\n\r\n", ""},
        {"0;" + std::string(max_extra_bytes, 'e') + "\r\n\r\n", ""},
    };
    for (const auto& r : rows) {
        CAPTURE(r.body);
        const auto o = read_every_way(r.body + "GET / HTTP/1.1\r\n");
        CHECK(o.message == "");
        CHECK(o.status == 0);
        CHECK(o.data == r.data);
        CHECK(o.bytes == r.body.size());
    }
}

TEST_CASE("bodies that two readers may understand differently are refused") {
    struct row {
        unsigned status;
        std::string body;
    };
    const std::vector<row> rows = {
        // sizes
        {400, "\r\n"},
        {400, ";a\r\n"},
        {400, " 1\r\na\r\n"},
        {400, "1 \r\na\r\n"},
        {400, "1 ;a\r\na\r\n"},
        {400, "\t1\r\na\r\n"},
        {400, "+1\r\na\r\n"},
        {400, "-1\r\na\r\n"},
        {400, "0x1\r\na\r\n"},
        {400, "1h\r\na\r\n"},
        {400, "1_0\r\n"},
        {400, "g\r\n"},
        {400, "000000001\r\na\r\n"},
        {400, "100000000\r\n"},
        {400, "FFFFFFFFFFFFFFFFF\r\n"},
        {413, "15\r\n"},
        {413, "ffffffff\r\n"},
        {413, "14\r\n01234567890123456789\r\n1\r\n"},
        // ends of lines
        {400, "1\na\n0\n\n"},
        {400, "1\na\r\n"},
        {400, "1\rxa"},
        {400, "1\r\r\na"},
        {400, "1;a\nx\r\n0\r\n\r\n"},
        {400, "1;a\rb\r\nx\r\n"},
        {400, "1;a\"\n\"\r\n"},
        {400, "1\r\nab\r\n"},
        {400, "1\r\na\n"},
        {400, "1\r\na\r\r"},
        {400, "1\r\na0\r\n\r\n"},
        {400, "0\r\n\n"},
        {400, "0\r\n\rx"},
        // trailers
        {400, "0\r\n A: b\r\n"},
        {400, "0\r\nA: b\r\n c\r\n"},
        {400, "0\r\nA : b\r\n"},
        {400, "0\r\nA\r\n"},
        {400, "0\r\n: b\r\n"},
        {400, "0\r\nA: b\n\r\n"},
        {400, std::string("0\r\nA: \0\r\n", 9)},
        {400, "0\r\nA: \x7F\r\n"},
        {400, "1;\x01\r\n"},
        {431, "0;" + std::string(max_extra_bytes + 1, 'e')},
        {431, "0;" + std::string(max_extra_bytes - 1, 'e') + "\r\nA:"},
        {431, "0\r\nA: " + std::string(max_extra_bytes - 2, 'e')},
    };
    for (const auto& r : rows) {
        CAPTURE(r.body);
        const auto o = read_every_way(r.body);
        CHECK(o.status == r.status);
        CHECK_FALSE(o.message.empty());
    }
}

TEST_CASE("a body without its end wants more, wherever it stops") {
    const std::string whole = "3;x\r\nabc\r\n0\r\nA: b\r\n\r\n";
    for (std::size_t i = 0; i < whole.size(); ++i) {
        CAPTURE(i);
        CHECK(read_in_pieces({std::string_view(whole).substr(0, i)}).status == 1);
    }
    CHECK(read_in_pieces({whole}).status == 0);
}
