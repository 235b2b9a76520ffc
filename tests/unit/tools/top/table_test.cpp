#include "tools/top/table.hpp"

#include "tools/top/http_get.hpp"
#include "tools/top/printable.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace gim::top;

namespace {

constexpr std::array columns{
    column{"USER", "user", kind::text, 8},
    column{"OUTBOX", "outbox_bytes", kind::bytes, 9},
    column{"IDLE", "idle_ms", kind::milliseconds, 8},
    column{"RATE", "rate", kind::decimal, 6},
    column{"N", "n", kind::count, 9},
};

}  // namespace

TEST_CASE("rows are told by their members, and a member that is not there is a dash") {
    const auto t = parse_table(
        R"({"code":0,"msg":"","data":{"total":1234,"items":[)"
        R"({"user":"ada","outbox_bytes":65536,"idle_ms":1500,"rate":12.5,"n":1234567,"new":{}},)"
        R"({"user":"a-very-long-name","n":[1]}]}})",
        columns
    );
    REQUIRE(t);
    CHECK(t->total == 1234);
    REQUIRE(t->rows.size() == 2);
    CHECK(title_line(columns) == "USER         OUTBOX      IDLE    RATE          N");
    CHECK(t->rows[0] == std::vector<std::string>{"ada", "64.0 KiB", "1.50 s", "12.5", "1,234,567"});
    CHECK(
        row_line(columns, {"ada", "1 B", "-", "2", "1"}) ==
        "ada             1 B         -       2          1"
    );
    CHECK(row_line(columns, t->rows[1]).starts_with("a-very-~          -         -       -"));
}

TEST_CASE("what is no such answer is none") {
    for (const auto* bad :
         {"",
          "x",
          "[]",
          "{}",
          R"({"data":[]})",
          R"({"data":{}})",
          R"({"data":{"items":{}}})",
          R"({"data":{"items":[1]}})",
          R"({"data":{"items":[{}]})"}) {
        CAPTURE(bad);
        CHECK(!parse_table(bad, columns));
    }
    CHECK(!parse_table(std::string(100'000, '['), columns));
    const auto empty = parse_table(R"({"data":{"items":[]}})", columns);
    REQUIRE(empty);
    CHECK(empty->rows.empty());
    CHECK(!empty->total);
}

TEST_CASE("numbers that cannot be are a dash") {
    const auto t = parse_table(
        R"({"data":{"items":[{"n":-1,"idle_ms":99999999999999,"rate":1e300,"outbox_bytes":true}]}})",
        columns
    );
    REQUIRE(t);
    CHECK(t->rows[0][1] == "-");
    CHECK(t->rows[0][3] == "-");
    CHECK(t->rows[0][4] == "-");
}

TEST_CASE("nothing reaches the terminal but printable ASCII") {
    CHECK(printable("a\x1b[2J\n\xff") == "a\\x1b[2J\\x0a\\xff");
    const auto t =
        parse_table("{\"data\":{\"items\":[{\"user\":\"\\u001b]0;x\\u0007\"}]}}", columns);
    REQUIRE(t);
    CHECK(t->rows[0][0] == "\\x1b]0;x\\x07");
    CHECK(cut("abcdef", 4) == "abc~");
    CHECK(cut("abcd", 4) == "abcd");
    CHECK(cut("abcd", 0).empty());
    CHECK(right("ab", 4) == "  ab");
    CHECK(left("ab", 4) == "ab  ");
}

TEST_CASE("an answer is whole or none") {
    const auto ok = parse_answer("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nX: y\r\n\r\nhi");
    REQUIRE(ok);
    CHECK(ok->status == 200);
    CHECK(ok->body == "hi");
    CHECK(parse_answer("HTTP/1.0 404 x\r\n\r\n")->status == 404);
    for (const auto* bad :
         {"",
          "hello",
          "HTTP/1.1 200 OK\r\n",
          "HTTP/1.1 x00 OK\r\n\r\n",
          "HTTP/1.1 2\r\n\r\n",
          "HTTP/1.\r\n\r\n",
          "SSH-2.0\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi"}) {
        CAPTURE(bad);
        CHECK(!parse_answer(bad));
    }
}
