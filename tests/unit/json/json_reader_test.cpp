#include "json/json_reader.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <limits>
#include <random>
#include <string>

using namespace gim::json;

namespace {

std::string problem_of(std::string_view text) {
    json_reader reader;
    const auto read = reader.read(text, "frame", "body");
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

TEST_CASE("the values of the one array that is asked for are read with their kinds") {
    json_reader reader;
    const auto read = reader.read(
        R"({"a":["x",1,null,{"k":"v","n":[2]},[3],true],"b":["no"],"c":{"a":["no"]}})", "frame", "a"
    );
    REQUIRE(read.has_value());
    const auto& all = (*read)->elements;
    REQUIRE(all.size() == 6);
    CHECK(all[0].value.string == "x");
    CHECK(all[1].value.integer == 1);
    CHECK(all[2].value.kind == json_kind::null);
    CHECK(all[3].value.kind == json_kind::object);
    CHECK(all[3].fields.find("k")->string == "v");
    CHECK(all[3].fields.find("n")->kind == json_kind::array);
    CHECK(all[4].value.kind == json_kind::array);
    CHECK(all[5].value.kind == json_kind::boolean);
    CHECK((*read)->nested.size() == 0);
    const auto none = reader.read(R"({"a":{"x":1}})", "frame", "a");
    REQUIRE(none.has_value());
    CHECK((*none)->elements.empty());
    CHECK((*none)->nested.size() == 1);
    CHECK(
        reader.read(R"({"a":[{"k":1,"k":2}]})", "frame", "a").error().message == "k: given twice"
    );
    const auto deep = R"({"a":[)" + std::string(40, '[') + std::string(40, ']') + "]}";
    CHECK(reader.read(deep, "frame", "a").error().message == "frame: nested deeper than 16");
    const auto deepest = R"({"a":)" + std::string(15, '[') + "{}" + std::string(15, ']') + "}";
    CHECK(reader.read(deepest, "frame", "a").error().message == "frame: nested deeper than 16");
    CHECK(reader.read(deepest, "frame").error().message == "frame: nested deeper than 16");
}

TEST_CASE("the fields of one object are read with their kinds") {
    json_reader reader;
    const auto read = reader.read(
        R"( {"n":null,"b":true,"i":-5,"f":1.5,"e":1e3,"g":1e30,"s":"a\u00e9","o":{"x":[1,{"s":"no"}]},"a":[2]} )",
        "frame"
    );
    REQUIRE(read.has_value());
    const auto& fields = (*read)->fields;
    CHECK(fields.size() == 9);
    CHECK(fields.find("n") == nullptr);
    CHECK(fields.find("absent") == nullptr);
    CHECK(fields.find("b")->kind == json_kind::boolean);
    CHECK(fields.find("i")->kind == json_kind::integer);
    CHECK(fields.find("i")->integer == -5);
    CHECK(fields.find("f")->kind == json_kind::fraction);
    CHECK(fields.find("f")->fraction == 1.5);
    CHECK(fields.find("e")->kind == json_kind::integer);
    CHECK(fields.find("e")->integer == 1000);
    CHECK(fields.find("g")->kind == json_kind::fraction);
    CHECK(fields.find("s")->kind == json_kind::string);
    CHECK(fields.find("s")->string == "a\xc3\xa9");
    CHECK(fields.find("o")->kind == json_kind::object);
    CHECK(fields.find("a")->kind == json_kind::array);
    CHECK((*read)->nested.size() == 0);
}

TEST_CASE("the fields of the nested object that was asked for are read too") {
    json_reader reader;
    const auto read = reader.read(
        R"({"x":{"id":"no"},"body":{"id":"yes","o":{"id":"no"}},"y":7})", "frame", "body"
    );
    REQUIRE(read.has_value());
    CHECK((*read)->fields.size() == 3);
    CHECK((*read)->fields.find("y")->integer == 7);
    CHECK((*read)->nested.size() == 2);
    CHECK((*read)->nested.find("id")->string == "yes");
    // Only right below the top.
    const auto deeper = reader.read(R"({"x":{"body":{"id":"no"}}})", "frame", "body");
    REQUIRE(deeper.has_value());
    CHECK((*deeper)->nested.size() == 0);
}

TEST_CASE("a list longer than it may be is refused while it is read") {
    json_reader reader;
    const auto list = "{\"a\":[" + repeated("{},", 9) + "{}]}";
    CHECK(reader.read(list, "frame", "a", 10).has_value());
    CHECK(reader.read(list, "frame", "a", 9).error().message == "a: must be an array of 1 to 9");
    CHECK(reader.read(list, "frame", "b", 9).has_value());
}

TEST_CASE("a long text has a reader of its own, a usual one that of the thread") {
    json_reader usual;
    const auto text = "{\"a\":\"" + std::string(lent_json_reader::max_usual_text, 'x') + "\"}";
    lent_json_reader first(usual, 100);
    CHECK(&*first.operator->() == &usual);
    lent_json_reader longer(usual, text.size());
    CHECK(longer.operator->() != &usual);
    CHECK(longer.operator->() == longer.operator->());
    CHECK((*longer->read(text, "frame"))->fields.size() == 1);
}

TEST_CASE("integers beyond int64 are held at its end, and those beyond 64 bits refused") {
    constexpr auto max = std::numeric_limits<std::int64_t>::max();
    const auto integer_of = [](const std::string& digits) {
        json_reader reader;
        const auto read = reader.read("{\"n\":" + digits + "}", "frame");
        REQUIRE(read.has_value());
        const auto* n = (*read)->fields.find("n");
        REQUIRE(n->kind == json_kind::integer);
        return n->integer;
    };
    CHECK(integer_of("9007199254740993") == 9007199254740993);  // 2^53 + 1, which no double has
    CHECK(integer_of("9223372036854775807") == max);
    CHECK(integer_of("9223372036854775808") == max);
    CHECK(integer_of("18446744073709551615") == max);
    CHECK(integer_of("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
    for (const auto& bad :
         {std::string("18446744073709551616"),
          std::string("-9223372036854775809"),
          "1" + std::string(300, '0'),
          std::string("1e999")}) {
        CAPTURE(bad);
        CHECK(problem_of("{\"n\":" + bad + "}") == "frame: a number is malformed or too large");
    }
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
    for (const char* number : {"01", "-", "1.", "1e", "0x1"}) {
        CAPTURE(number);
        CHECK(
            problem_of(std::string("{\"a\":") + number + "}") ==
            "frame: a number is malformed or too large"
        );
    }
    for (const char* number : {"+1", ".5", "1 2", "Infinity"}) {
        CAPTURE(number);
        CHECK(problem_of(std::string("{\"a\":") + number + "}") == "frame: not valid JSON");
    }
    for (const char* other : {"[]", "[{}]", "1", "null", "true", "\"{}\"", "1.5"}) {
        CAPTURE(other);
        CHECK(problem_of(other) == "frame: must be a JSON object");
    }
    using namespace std::string_view_literals;
    CHECK(problem_of("{}\0"sv) == "frame: not valid JSON");
    CHECK(problem_of("{\"op\":105}\0garbage"sv) == "frame: not valid JSON");
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
    json_reader reader;
    const auto pair = reader.read(R"({"a":"\ud83d\ude00"})", "frame");
    REQUIRE(pair.has_value());
    CHECK((*pair)->fields.find("a")->string == "\xf0\x9f\x98\x80");
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
    CHECK(problem_of(repeated("[", 500'000)) == "frame: not valid JSON");
    CHECK(problem_of(object_of(64)) == "none");
    CHECK(problem_of(object_of(65)) == "frame: more than 64 fields");
    CHECK(problem_of("{\"body\":" + object_of(64) + "}") == "none");
    CHECK(problem_of("{\"body\":" + object_of(65) + "}") == "frame: more than 64 fields");
    CHECK(problem_of("{\"x\":[" + object_of(64) + "," + object_of(64) + "]}") == "none");
    CHECK(problem_of("{\"x\":[" + object_of(65) + "]}") == "frame: more than 64 fields");
}

TEST_CASE("another parser agrees on what is JSON, on texts that were damaged at random") {
    const std::string_view samples[] = {
        R"({"op":201,"seq":17,"body":"{\"type\":1,\"target_id\":\"a\",\"content\":\"hi\"}"})",
        R"( {"n":null,"b":true,"i":-5,"f":1.5,"e":1e3,"s":"a\u00e9\ud83d\ude00","o":{"x":[1,{}]}} )",
        "{\"text\":\"\xe4\xbd\xa0\xf0\x9f\x98\x80\",\"list\":[[],[false,\"\\n\"]],\"z\":0.25e-7}",
    };
    const std::string_view pieces[] = {"{",  "}",  "[",    "]",    ",",       ":",   "\"",
                                       "\\", "0",  "-",    "1e5",  ".",       "tru", "null",
                                       " ",  "\n", "\xc3", "\xff", "\\ud800", "x"};
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    json_reader reader;
    for (int round = 0; round < 20'000; ++round) {
        std::string text(samples[random() % std::size(samples)]);
        for (auto damages = random() % 3; damages > 0; --damages) {
            const auto at = random() % (text.size() + 1);
            const auto& piece = pieces[random() % std::size(pieces)];
            text.replace(at, random() % 3, piece);
        }
        CAPTURE(text);
        const auto read = reader.read(text, "frame");
        const bool is_json = nlohmann::json::accept(text);
        if (read) {
            REQUIRE(is_json);
        } else if (read.error().message == "frame: not valid JSON") {
            REQUIRE(!is_json);
        }
    }
}
