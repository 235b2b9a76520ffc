#include "net/http_head.hpp"

#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>
#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace gim::net;
namespace http = boost::beast::http;

namespace {

// What came of a request: 0 and the head, 1 for "wants more", or the HTTP status of the refusal.
struct outcome {
    unsigned status = 1;
    std::string message;
    std::size_t head_bytes = 0;
    std::string target;
    std::uint64_t content_length = 0;
    bool is_chunked = false;

    friend bool operator==(const outcome&, const outcome&) = default;
};

outcome read_in_pieces(const std::vector<std::string_view>& pieces) {
    head_reader reader;
    outcome o;
    for (const std::string_view piece : pieces) {
        const auto used = reader.feed(piece);
        if (!used) {
            o.status = used.error().status;
            o.message = used.error().message;
            o.head_bytes = 0;
            return o;
        }
        o.head_bytes += *used;
        if (reader.is_complete()) {
            const http_head head = reader.take();
            o.status = 0;
            o.target = std::string(head.request.target());
            o.content_length = head.content_length;
            o.is_chunked = head.is_chunked;
            return o;
        }
    }
    return o;
}

// Whole, split in two at every byte, and byte by byte: it must always come out the same.
outcome read_every_way(std::string_view raw) {
    const outcome whole = read_in_pieces({raw});
    std::vector<std::string_view> single;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        single.push_back(raw.substr(i, 1));
        const outcome split = read_in_pieces({raw.substr(0, i), raw.substr(i)});
        if (!(split == whole)) {
            CAPTURE(i);
            CHECK(split.status == whole.status);
            CHECK(split.message == whole.message);
            CHECK(split.head_bytes == whole.head_bytes);
        }
    }
    CHECK(read_in_pieces(single) == whole);
    return whole;
}

std::string with_fields(std::size_t count) {
    std::string raw = "GET / HTTP/1.1\r\nHost: x\r\n";
    for (std::size_t i = 1; i < count; ++i) {
        raw += "F" + std::to_string(i) + ": v\r\n";
    }
    return raw + "\r\n";
}

std::string of_size(std::size_t bytes) {
    const std::string front = "GET / HTTP/1.1\r\nHost: x\r\nA: ";
    return front + std::string(bytes - front.size() - 4, 'a') + "\r\n\r\n";
}

}  // namespace

TEST_CASE("a plain request is taken, and what follows its head is left") {
    const std::string head =
        "POST /v1/messages?a=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n";
    const outcome o = read_every_way(head + "{\"a\"GET / HTTP/1.1\r\n");
    CHECK(o.status == 0);
    CHECK(o.head_bytes == head.size());
    CHECK(o.target == "/v1/messages?a=1");
    CHECK(o.content_length == 4);
}

TEST_CASE("requests that are good are taken") {
    for (const char* raw :
         {"GET / HTTP/1.1\r\nHost: localhost:8080\r\n\r\n",
          "GET / HTTP/1.1\r\nHost:\r\n\r\n",
          "GET / HTTP/1.1\r\nhOsT:[::1]:80 \r\n\r\n",
          "GET / HTTP/1.0\r\n\r\n",
          "GET / HTTP/1.0\r\nHost: x\r\n\r\n",
          "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
          "BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n",
          "GET /a|b{c}?q=%20 HTTP/1.1\r\nHost: x\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n",
          "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 007\r\n\r\n",
          "GET / HTTP/1.1\r\nHost: x\r\nA:\tb\tc\t\r\nB: \xC3\xA4\r\nC:\r\n\r\n",
          "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"}) {
        CAPTURE(raw);
        const outcome o = read_every_way(raw);
        CHECK(o.message == "");
        CHECK(o.status == 0);
        CHECK(o.head_bytes == std::string_view(raw).size());
    }
}

TEST_CASE("requests that two readers may understand differently are refused") {
    struct row {
        unsigned status;
        std::string raw;
    };
    const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n";
    const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";
    const std::vector<row> rows = {
        // Transfer-Encoding, in every form
        {400, post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {400, post + "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {501, post + "Transfer-Encoding: gzip, chunked\r\n\r\n"},
        {400, post + "Transfer-Encoding: gzip\r\n\r\n"},
        {400, post + "Transfer-Encoding: xchunked\r\n\r\n"},
        {400, post + "Transfer-Encoding: chunked;q=1\r\n\r\n"},
        {400, post + "Transfer-Encoding: chunked,\r\n\r\n"},
        {400, post + "Transfer-Encoding: \"chunked\"\r\n\r\n"},
        {400, get + "Transfer-Encoding: chunked\r\n\r\n"},
        {400, "HEAD / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {400, post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {400, post + "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {400, post + "Transfer-Encoding: gzip\r\nContent-Length: 3\r\n\r\n"},
        {400, post + "Transfer-Encoding: chunked, identity\r\n\r\n"},
        {400, post + "transfer-encoding: identity\r\n\r\n"},
        {400, post + "Transfer-Encoding:\r\n\r\n"},
        {400, post + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"},
        {400, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"},
        // Content-Length
        {400, post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\n"},
        {400, post + "Content-Length: 3\r\ncontent-length: 4\r\n\r\n"},
        {400, post + "Content-Length: 3, 3\r\n\r\n"},
        {400, post + "Content-Length: 3 3\r\n\r\n"},
        {400, post + "Content-Length: +3\r\n\r\n"},
        {400, post + "Content-Length: -3\r\n\r\n"},
        {400, post + "Content-Length: 0x3\r\n\r\n"},
        {400, post + "Content-Length: three\r\n\r\n"},
        {400, post + "Content-Length:\r\n\r\n"},
        {413, post + "Content-Length: 1048577\r\n\r\n"},
        {413, post + "Content-Length: 18446744073709551615\r\n\r\n"},
        {400, get + "Content-Length: 1\r\n\r\n"},
        {400, "HEAD / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n"},
        // Host
        {400, "GET / HTTP/1.1\r\n\r\n"},
        {400, get + "Host: x\r\n\r\n"},
        {400, get + "host: y\r\n\r\n"},
        {400, "GET / HTTP/1.0\r\nHost: x\r\nHost: x\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: x, y\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: u@x\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\nHost: x/y\r\n\r\n"},
        // lines and characters
        {400, get + "A: b\r\n c\r\n\r\n"},
        {400, get + "A: b\r\n\tc\r\n\r\n"},
        {400, "GET / HTTP/1.1\r\n Host: x\r\n\r\n"},
        {400, "GET / HTTP/1.1\nHost: x\n\n"},
        {400, get + "A: b\n\r\n"},
        {400, get + "A: b\rc\r\n\r\n"},
        {400, get + "A: b\r\r\n\r\n"},
        {400, get + "A: b\r\n\n"},
        {400, get + "A : b\r\n\r\n"},
        {400, get + "A\t: b\r\n\r\n"},
        {400, get + ": b\r\n\r\n"},
        {400, get + "A\r\n\r\n"},
        {400, get + "A b: c\r\n\r\n"},
        {400, get + "A\xC3\xA4: c\r\n\r\n"},
        {400, get + std::string("A: b\0c\r\n\r\n", 10)},
        {400, get + "A: \x01\r\n\r\n"},
        {400, get + "A: \x7F\r\n\r\n"},
        {400, get + "A: \x1B[2J\r\n\r\n"},
        // the request line
        {400, "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, " GET / HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET  / HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET / HTTP/1.1 \r\nHost: x\r\n\r\n"},
        {400, "GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET /\r\n\r\n"},
        {400, "GET\r\n\r\n"},
        {400, "G(T / HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET * HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET x HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET /#a HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET /\xC3\xA4 HTTP/1.1\r\nHost: x\r\n\r\n"},
        // the absolute form, with another host or none
        {400, "GET http://x/ HTTP/1.1\r\nHost: y\r\n\r\n"},
        {400, "GET http://x/ HTTP/1.1\r\nHost:\r\n\r\n"},
        {400, "GET http://x/ HTTP/1.1\r\n\r\n"},
        {400, "GET http://x/ HTTP/1.0\r\n\r\n"},
        {400, "GET http://x:8081/ HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET http://x/ HTTP/1.1\r\nHost: x:8081\r\n\r\n"},
        {400, "GET http://x:443/ HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET http://u@x/ HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET http://x\\@y/ HTTP/1.1\r\nHost: y\r\n\r\n"},
        {400, "GET http:///a HTTP/1.1\r\nHost:\r\n\r\n"},
        {400, "GET http:/x/ HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET http:x HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET ftp://x/ HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET //x/ http://x/ HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET http://x/#a HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET / http/1.1\r\nHost: x\r\n\r\n"},
        {400, "GET / HTTP/1\r\nHost: x\r\n\r\n"},
        {400, "GET / HTTP/1.1x\r\nHost: x\r\n\r\n"},
        {505, "GET / HTTP/1.2\r\nHost: x\r\n\r\n"},
        {505, "GET / HTTP/2.0\r\nHost: x\r\n\r\n"},
        {400, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        {400, std::string("\x16\x03\x01\x02\x00", 5)},
    };
    for (const row& r : rows) {
        CAPTURE(r.raw);
        const outcome o = read_every_way(r.raw);
        CHECK(o.status == r.status);
        CHECK_FALSE(o.message.empty());
    }
}

TEST_CASE("a target in absolute form is the same as one in origin form") {
    struct row {
        std::string request_line;
        std::string host;
        std::string target;
    };
    const std::vector<row> rows = {
        {"GET http://x/healthz HTTP/1.1", "x", "/healthz"},
        {"GET HTTP://X/a HTTP/1.1", "x", "/a"},
        {"GET http://x/a?b=http://y/ HTTP/1.1", "x", "/a?b=http://y/"},
        {"GET http://x HTTP/1.1", "x", "/"},
        {"GET http://x?a=b HTTP/1.1", "x", "/?a=b"},
        {"GET http://x:80/ HTTP/1.1", "X", "/"},
        {"GET http://x/ HTTP/1.1", "x:80", "/"},
        {"GET https://x/ HTTP/1.1", "x:443", "/"},
        {"GET http://[::1]:8081/a HTTP/1.1", "[::1]:8081", "/a"},
        {"GET http://127.0.0.1:8081/a HTTP/1.0", "127.0.0.1:8081", "/a"},
        {"OPTIONS http://x HTTP/1.1", "x", "*"},
        {"OPTIONS http://x/ HTTP/1.1", "x", "/"},
        {"GET http://x//a HTTP/1.1", "x", "//a"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.request_line);
        const auto o = read_every_way(r.request_line + "\r\nHost: " + r.host + "\r\n\r\n");
        CHECK(o.status == 0);
        CHECK(o.target == r.target);
    }
}

TEST_CASE("a body may be chunked in place of a length") {
    const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";
    for (const auto* coding : {"Transfer-Encoding: chunked", "transfer-encoding:CHUNKED \t"}) {
        const auto o = read_every_way(post + coding + "\r\n\r\n5\r\n");
        CHECK(o.status == 0);
        CHECK(o.is_chunked);
        CHECK(o.content_length == 0);
    }
    CHECK_FALSE(read_every_way(post + "Content-Length: 3\r\n\r\n").is_chunked);
}

TEST_CASE("64 fields are taken, one more is too many") {
    CHECK(read_every_way(with_fields(64)).status == 0);
    CHECK(read_every_way(with_fields(65)).status == 431);
}

TEST_CASE("a head of 8192 bytes is taken, one byte more is too large") {
    CHECK(read_in_pieces({of_size(8192)}).status == 0);
    CHECK(read_in_pieces({of_size(8193)}).status == 431);
    const std::string endless(8193, 'a');
    CHECK(read_in_pieces({std::string_view(endless).substr(0, 8192)}).status == 1);
    CHECK(read_in_pieces({endless}).status == 431);
}

TEST_CASE("limits that are given are kept to the byte, the field and the length, and are named") {
    const http_limits limits{100, 3, 10};
    const auto error = [&](const std::string& raw) {
        head_reader reader(limits);
        const auto fed = reader.feed(raw);
        if (fed.has_value()) {
            CHECK(reader.is_complete());
            reader.take();
            // They hold for the next request on the connection, too.
            return reader.feed(std::string(101, 'a')).error().message;
        }
        return std::to_string(fed.error().status) + ' ' + fed.error().message;
    };
    const std::string begin = "POST / HTTP/1.1\r\nHost: x\r\n";
    const std::string end = "Content-Length: 10\r\n\r\n";
    const std::string padding(100 - begin.size() - end.size() - 6, 'a');
    CHECK(error(begin + "A:" + padding + "\r\n" + end) == "header: more than 100 bytes");
    CHECK(error(begin + "A: a" + padding + "\r\n" + end) == "header: more than 100 bytes");
    CHECK(error(begin + "A: aa" + padding + "\r\n" + end) == "431 header: more than 100 bytes");
    CHECK(error(begin + "A: a\r\nB: b\r\n\r\n") == "header: more than 100 bytes");
    CHECK(error(begin + "A: a\r\nB: b\r\nC: c\r\n\r\n") == "431 header: more than 3 fields");
    CHECK(error(begin + "Content-Length: 11\r\n\r\n") == "413 Content-Length: must be at most 10");
}

TEST_CASE("a head without its end wants more") {
    const outcome o = read_every_way("GET / HTTP/1.1\r\nHost: x\r\n\r");
    CHECK(o.status == 1);
}

TEST_CASE("heads sent together are read one after the other") {
    const std::string raw =
        "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nHEAD /2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    head_reader reader;
    CHECK(reader.is_empty());
    const auto first = reader.feed(raw);
    REQUIRE(first.has_value());
    REQUIRE(reader.is_complete());
    CHECK(reader.take().request.target() == "/1");
    CHECK(reader.is_empty());
    const auto second = reader.feed(std::string_view(raw).substr(*first));
    REQUIRE(second.has_value());
    CHECK(*first + *second == raw.size());
    REQUIRE(reader.is_complete());
    const http_head head = reader.take();
    CHECK(head.request.method() == http::verb::head);
    CHECK(head.request.version() == 10);
    CHECK(head.request.keep_alive());
}

TEST_CASE("the fields arrive as they were sent") {
    head_reader reader;
    REQUIRE(reader.feed("GET / HTTP/1.1\r\nHost: x\r\nTrace: a b\r\nX-Own:  c \r\n\r\n").has_value()
    );
    const http_head head = reader.take();
    CHECK(head.request["trace"] == "a b");
    CHECK(head.request["x-own"] == "c");
    CHECK(head.request[http::field::host] == "x");
}
