#include "redis/reply.hpp"

#include "redis/reply_reader.hpp"
#include "unit/redis/reply_text.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using gim::redis::reply_ptr;
using gim::redis::reply_reader;
using gim::redis::reply_view;
using gim::test::reply_text;
using namespace std::string_literals;

namespace {

// The only reply in these bytes.
reply_ptr one(std::string_view bytes) {
    reply_reader reader;
    REQUIRE(reader.feed(bytes));
    auto reply = reader.next();
    CHECK(reader.why() == "");
    REQUIRE(reply != nullptr);
    CHECK(reader.next() == nullptr);
    return reply;
}

// All replies, if they come in these pieces, and why there are no more.
std::string all(const std::vector<std::string_view>& pieces) {
    reply_reader reader;
    std::string out;
    for (const auto piece : pieces) {
        reader.feed(piece);
        while (const auto reply = reader.next()) {
            out += reply_text(reply_view(reply.get())) + "\n";
        }
    }
    return out + reader.why();
}

std::string nested(int levels) {
    std::string out;
    for (int i = 0; i < levels; ++i) {
        out += "*1\r\n";
    }
    return out + ":7\r\n";
}

}  // namespace

// --- what a reply says

TEST_CASE("whatever a reply is, each question has an answer") {
    struct row {
        std::string bytes;
        bool is_nil;
        bool is_error;
        std::string text;
        std::int64_t integer;
        std::size_t size;
    };
    for (const auto& r : {
             row{"+OK\r\n", false, false, "OK", 0, 0},
             row{"-LOADING it\r\n", false, true, "LOADING it", 0, 0},
             row{":42\r\n", false, false, "", 42, 0},
             row{":-9223372036854775808\r\n",
                 false,
                 false,
                 "",
                 std::numeric_limits<std::int64_t>::min(),
                 0},
             row{"$5\r\na\0b\r\n\r\n"s, false, false, "a\0b\r\n"s, 0, 0},
             row{"$0\r\n\r\n", false, false, "", 0, 0},
             row{"$-1\r\n", true, false, "", 0, 0},
             row{"*-1\r\n", true, false, "", 0, 0},
             row{"*0\r\n", false, false, "", 0, 0},
             row{"*2\r\n+a\r\n:1\r\n", false, false, "", 0, 2},
         }) {
        CAPTURE(r.bytes);
        const auto reply = one(r.bytes);
        const reply_view view(reply.get());
        CHECK(view.is_nil() == r.is_nil);
        CHECK(view.is_error() == r.is_error);
        CHECK(view.text() == r.text);
        CHECK(view.integer() == r.integer);
        CHECK(view.size() == r.size);
    }
}

TEST_CASE("no reply at all is nil") {
    const reply_view none;
    CHECK(none.is_nil());
    CHECK_FALSE(none.is_error());
    CHECK(none.text() == "");
    CHECK(none.integer() == 0);
    CHECK(none.size() == 0);
    CHECK(none[0].is_nil());
}

TEST_CASE("a number may be a text, but then nothing else may be in it") {
    struct row {
        const char* bytes;
        std::int64_t number;
    };
    for (const auto& r : {
             row{"$2\r\n17\r\n", 17},
             row{"$3\r\n-17\r\n", -17},
             row{"+17\r\n", 17},
             row{"$19\r\n9223372036854775807\r\n", std::numeric_limits<std::int64_t>::max()},
             row{"$19\r\n9223372036854775808\r\n", 0},
             row{"$3\r\n17x\r\n", 0},
             row{"$3\r\n 17\r\n", 0},
             row{"$3\r\n+17\r\n", 0},
             row{"$3\r\n1.5\r\n", 0},
             row{"$1\r\n-\r\n", 0},
         }) {
        CAPTURE(r.bytes);
        const auto reply = one(r.bytes);
        CHECK(reply_view(reply.get()).integer() == r.number);
    }
}

TEST_CASE("arrays in arrays, and beyond their ends") {
    const auto reply = one("*3\r\n*2\r\n$1\r\na\r\n*-1\r\n$-1\r\n*1\r\n*1\r\n:5\r\n");
    const reply_view view(reply.get());
    REQUIRE(view.size() == 3);
    CHECK(view[0][0].text() == "a");
    CHECK(view[0][1].is_nil());
    CHECK(view[1].is_nil());
    CHECK(view[2][0][0].integer() == 5);
    CHECK(view[3].is_nil());
    CHECK(view[std::numeric_limits<std::size_t>::max()][7].is_nil());
    CHECK(view[0][0][0].is_nil());  // a text has no elements
}

// --- how replies come in

TEST_CASE("how the bytes are cut changes nothing") {
    const auto bytes =
        "+OK\r\n:12\r\n$8\r\n1\r\n\0\xff+\r\n\r\n*3\r\n$7\r\nmessage\r\n$0\r\n\r\n*2\r\n$-1\r\n"
        "-ERR no\r\n*0\r\n-NOAUTH Authentication required.\r\n"s;
    const std::string_view view(bytes);
    const auto whole = all({view});
    CHECK(std::ranges::count(whole, '\n') == 6 + 2);  // and those in a text
    CHECK(whole.ends_with("!NOAUTH Authentication required.\n"));
    for (std::size_t cut = 0; cut <= view.size(); ++cut) {
        CAPTURE(cut);
        CHECK(all({view.substr(0, cut), view.substr(cut)}) == whole);
    }
    std::vector<std::string_view> single;
    for (std::size_t i = 0; i < view.size(); ++i) {
        single.push_back(view.substr(i, 1));
    }
    CHECK(all(single) == whole);
}

TEST_CASE("an end in the middle is no reply, and no error") {
    const std::string_view bytes = "*2\r\n$7\r\nmessage\r\n:12\r\n";
    for (std::size_t n = 0; n < bytes.size(); ++n) {
        CAPTURE(n);
        reply_reader reader;
        CHECK(reader.feed(bytes.substr(0, n)));
        CHECK(reader.next() == nullptr);
        CHECK(reader.why() == "");
    }
}

TEST_CASE("what is no reply is an error that says something, and nothing comes after it") {
    for (const std::string bytes :
         {"HTTP/1.1 400 Bad Request\r\n",
          "OK\r\n",
          "\r\n",
          "\n",
          "$x\r\n",
          "$-2\r\nab\r\n",
          "$+-1\r\n",
          "$99999999999999999999\r\n",
          "*-2\r\n",
          "*2147483648\r\n",
          "*9223372036854775807\r\n",
          "*99999999999999999999\r\n",
          "*1\r\nhello\r\n",
          "*2\r\n:1\r\n?\r\n"}) {
        CAPTURE(bytes);
        reply_reader reader;
        reader.feed(bytes);
        CHECK(reader.next() == nullptr);
        CHECK(reader.why() != "");
        const auto why = reader.why();
        CHECK_FALSE(reader.feed(std::string_view("+OK\r\n")));
        CHECK(reader.next() == nullptr);
        CHECK(reader.why() == why);
    }
}

TEST_CASE("a declared length is not believed before the bytes are there") {
    for (const std::string bytes :
         {"$2147483648\r\nabc", "$9223372036854775807\r\nabc", "$4294967295\r\n\r\n"}) {
        CAPTURE(bytes);
        reply_reader reader;
        CHECK(reader.feed(bytes));
        CHECK(reader.next() == nullptr);
        CHECK(reader.why() == "");
    }
}

TEST_CASE("what does not end is an error before it fills the memory") {
    reply_reader reader;
    const std::string piece(std::size_t{16} * 1024 * 1024, 'x');
    REQUIRE(reader.feed(std::string_view("$2147483648\r\n")));
    std::size_t fed = 0;
    while (reader.next() == nullptr && reader.why().empty() && fed < std::size_t{1} << 30) {
        reader.feed(piece);
        fed += piece.size();
    }
    CHECK(reader.why() == "a reply that does not end");
    CHECK(fed <= reply_reader::most_waiting_bytes + piece.size());
}

TEST_CASE("arrays have as many elements as a reply to us may have") {
    const auto most = std::to_string(reply_reader::most_elements);
    std::string bytes = "*" + most + "\r\n";
    for (int i = 0; i < reply_reader::most_elements; ++i) {
        bytes += "+\r\n";
    }
    const auto full = one(bytes);
    CHECK(reply_view(full.get()).size() == reply_reader::most_elements);

    const auto more = std::to_string(reply_reader::most_elements + 1);
    CHECK(all({"*" + more + "\r\n"}) == "a reply of too many elements");
    CHECK(all({"*2147483647\r\n"}) == "a reply of too many elements");
    // Else a few bytes for each element would have a million more made.
    CHECK(all({"*2\r\n*" + most + "\r\n"}) == "a reply of too many elements");
    CHECK(all({"*3\r\n*2\r\n:1\r\n:2\r\n*999995\r\n"}) == "");
    CHECK(all({"*3\r\n*2\r\n:1\r\n:2\r\n*999996\r\n"}) == "a reply of too many elements");
    // Each reply may have as many again.
    CHECK(all({"*1\r\n:1\r\n", "*999999\r\n"}) == "[1]\n");
}

TEST_CASE("deeper than any of our replies is an error, not the end of the stack") {
    CHECK(all({nested(7)}) == "[[[[[[[7]]]]]]]\n");
    CHECK(all({nested(20)}).starts_with("No support for nested multi bulk replies"));
    CHECK(all({nested(100'000)}).starts_with("No support for nested multi bulk replies"));
}

TEST_CASE("a thousand replies in one piece, and a large one") {
    std::string bytes, wanted;
    for (int i = 1; i <= 1000; ++i) {
        bytes += ":" + std::to_string(i) + "\r\n";
        wanted += std::to_string(i) + "\n";
    }
    const std::string large(std::size_t{2} * 1024 * 1024, '\xff');
    bytes += "$" + std::to_string(large.size()) + "\r\n" + large + "\r\n";
    CHECK(all({bytes}) == wanted + "\"" + large + "\"\n");
}
