#include "protocol/json_reader.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>

using namespace gim::protocol;

namespace {

std::string problem_of(std::string_view text) {
    const auto read = read_json_object(text, "frame", "body");
    return read ? "none" : read.error().message;
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) {
        all += text;
    }
    return all;
}

std::string object_of(std::size_t fields) {
    std::string text = "{";
    for (std::size_t i = 0; i < fields; ++i) {
        text += (i > 0 ? ",\"k" : "\"k") + std::to_string(i) + "\":0";
    }
    return text + "}";
}

}  // namespace

TEST_CASE("the fields of one object are read with their kinds") {
    auto read = read_json_object(
        R"( {"n":null,"b":true,"i":-5,"f":1.5,"e":1e3,"s":"a\u00e9","o":{"x":[1,{"s":"no"}]},"a":[2]} )",
        "frame"
    );
    REQUIRE(read.has_value());
    auto& fields = read->fields;
    CHECK(fields.size() == 8);
    CHECK(fields.find("n") == nullptr);
    CHECK(fields.find("absent") == nullptr);
    CHECK(fields.find("b")->kind == json_kind::boolean);
    CHECK(fields.find("i")->kind == json_kind::integer);
    CHECK(fields.find("i")->integer == -5);
    CHECK(fields.find("f")->kind == json_kind::fraction);
    CHECK(fields.find("e")->kind == json_kind::fraction);
    CHECK(fields.find("s")->kind == json_kind::string);
    CHECK(fields.find("s")->string == "a\xc3\xa9");
    CHECK(fields.find("o")->kind == json_kind::object);
    CHECK(fields.find("a")->kind == json_kind::array);
    CHECK(read->nested.size() == 0);
}

TEST_CASE("the fields of the nested object that was asked for are read too") {
    auto read = read_json_object(
        R"({"x":{"id":"no"},"body":{"id":"yes","o":{"id":"no"}},"y":7})", "frame", "body"
    );
    REQUIRE(read.has_value());
    CHECK(read->fields.size() == 3);
    CHECK(read->fields.find("y")->integer == 7);
    CHECK(read->nested.size() == 2);
    CHECK(read->nested.find("id")->string == "yes");
    // Only right below the top.
    auto deeper = read_json_object(R"({"x":{"body":{"id":"no"}}})", "frame", "body");
    REQUIRE(deeper.has_value());
    CHECK(deeper->nested.size() == 0);
}

TEST_CASE("integers beyond 64 bits are held at the end of the range") {
    constexpr auto max = std::numeric_limits<std::int64_t>::max();
    constexpr auto min = std::numeric_limits<std::int64_t>::min();
    const auto integer_of = [](const std::string& digits) {
        auto read = read_json_object("{\"n\":" + digits + "}", "frame");
        REQUIRE(read.has_value());
        REQUIRE(read->fields.find("n")->kind == json_kind::integer);
        return read->fields.find("n")->integer;
    };
    CHECK(integer_of("9007199254740993") == 9007199254740993);  // 2^53 + 1, which no double has
    CHECK(integer_of("9223372036854775807") == max);
    CHECK(integer_of("9223372036854775808") == max);
    CHECK(integer_of("18446744073709551616") == max);
    CHECK(integer_of("-9223372036854775808") == min);
    CHECK(integer_of("-9223372036854775809") == min);
    CHECK(integer_of("1" + std::string(300, '0')) == max);
}

TEST_CASE("text that is not one JSON object is refused") {
    for (const char* bad :
         {"",
          " ",
          "{",
          "}",
          "{}}",
          "{} x",
          "{}{}",
          "{\"a\":1,}",
          "{\"a\"}",
          "{a:1}",
          "{'a':1}",
          "{\"a\":01}",
          "{\"a\":+1}",
          "{\"a\":.5}",
          "{\"a\":NaN}",
          "{\"a\":tru}",
          "{\"a\":1}//",
          "/**/{}",
          "{\"a\":\"\n\"}",
          "{\"a\":\"\\x\"}",
          "{\"a\":\"b}",
          "{\"a\":1 \"b\":2}",
          "\x00"}) {
        CAPTURE(bad);
        CHECK(problem_of(bad) == "frame: not valid JSON");
    }
    for (const char* other : {"[]", "[{}]", "1", "null", "true", "\"{}\"", "1.5"}) {
        CAPTURE(other);
        CHECK(problem_of(other) == "frame: must be a JSON object");
    }
    using namespace std::string_view_literals;
    CHECK(problem_of("{}\0"sv) == "frame: not valid JSON");
    CHECK(problem_of("{\"op\":105}\0garbage"sv) == "frame: not valid JSON");
    CHECK(problem_of("{\"a\":1e999}") == "frame: number out of range");
}

TEST_CASE("text that is not UTF-8 is refused, in names, values and what is not looked at") {
    for (const char* bad :
         {"\x80",
          "\xff",
          "\xc3",
          "\xc0\x80",
          "\xe0\x80\x80",
          "\xed\xa0\x80",
          "\xf4\x90\x80\x80",
          "\xf8\x88\x80\x80\x80",
          "\\ud800",
          "\\udc00",
          "\\ud800\\ud800",
          "\\ud800x",
          "\\udc00\\ud800",
          "\\u12"}) {
        CAPTURE(bad);
        CHECK(problem_of(std::string("{\"a\":\"") + bad + "\"}") == "frame: not valid JSON");
        CHECK(problem_of(std::string("{\"") + bad + "\":1}") == "frame: not valid JSON");
        CHECK(problem_of(std::string("{\"a\":[[\"") + bad + "\"]]}") == "frame: not valid JSON");
    }
    auto pair = read_json_object(R"({"a":"\ud83d\ude00"})", "frame");
    REQUIRE(pair.has_value());
    CHECK(pair->fields.find("a")->string == "\xf0\x9f\x98\x80");
}

TEST_CASE("a key twice in one object is refused, wherever the object is") {
    CHECK(problem_of(R"({"op":1,"op":2})") == "op: given twice");
    CHECK(problem_of(R"({"op":1,"\u006fp":2})") == "op: given twice");
    CHECK(problem_of(R"({"op":null,"op":2})") == "op: given twice");
    CHECK(problem_of(R"({"body":{"id":"a","id":"b"}})") == "id: given twice");
    CHECK(problem_of(R"({"x":[{"id":"a","y":{},"id":"b"}]})") == "id: given twice");
    CHECK(
        problem_of(R"({"id":1,"body":{"id":2,"x":{"id":3,"y":{"id":4}}},"x":[{"id":5},{"id":6}]})"
        ) == "none"
    );
    const std::string key(65, 'k');
    CHECK(problem_of("{\"" + key + "\":1,\"" + key + "\":2}") == "frame: a key is given twice");
}

TEST_CASE("depth and number of fields are bounded") {
    CHECK(problem_of("{\"a\":" + repeated("[", 15) + repeated("]", 15) + "}") == "none");
    CHECK(
        problem_of("{\"a\":" + repeated("[", 16) + repeated("]", 16) + "}") ==
        "frame: nested deeper than 16"
    );
    CHECK(problem_of(repeated("{\"a\":", 16) + "1" + repeated("}", 16)) == "none");
    CHECK(
        problem_of(repeated("{\"a\":", 17) + "1" + repeated("}", 17)) ==
        "frame: nested deeper than 16"
    );
    CHECK(
        problem_of("{\"a\":" + repeated("[", 500'000) + repeated("]", 500'000) + "}") ==
        "frame: nested deeper than 16"
    );
    CHECK(problem_of(repeated("[", 500'000)) == "frame: must be a JSON object");
    CHECK(problem_of(object_of(64)) == "none");
    CHECK(problem_of(object_of(65)) == "frame: more than 64 fields");
    CHECK(problem_of("{\"body\":" + object_of(64) + "}") == "none");
    CHECK(problem_of("{\"body\":" + object_of(65) + "}") == "frame: more than 64 fields");
    CHECK(problem_of("{\"x\":[" + object_of(64) + "," + object_of(64) + "]}") == "none");
    CHECK(problem_of("{\"x\":[" + object_of(65) + "]}") == "frame: more than 64 fields");
}
