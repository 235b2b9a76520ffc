#include "json/json_scan.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <random>
#include <string>
#include <string_view>
#include <vector>

using namespace gim::json;

namespace {

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) {
        all += text;
    }
    return all;
}

}  // namespace

TEST_CASE("members are found with their names and the text of their values") {
    const std::string text =
        R"( { "a" : 1 ,"\u0062\n":[ {"a":2}, "}" ] , "c":"\"}" , "d" : { } ,"":null} )";
    const auto members = find_members(text);
    REQUIRE(members);
    REQUIRE(members->size() == 5);
    const auto& all = *members;
    CHECK(all[0].name == "a");
    CHECK(all[0].value == "1");
    CHECK(all[1].name == "b\n");
    CHECK(all[1].key == R"("\u0062\n")");
    CHECK(all[1].value == R"([ {"a":2}, "}" ])");
    CHECK(all[2].value == R"("\"}")");
    CHECK(all[3].value == "{ }");
    CHECK(all[4].name.empty());
    CHECK(find_members("{}")->empty());
    // No Unicode text, so it is nobody's name.
    CHECK(find_members(R"({"\ud800":1})")->front().name == R"(\ud800)");
}

TEST_CASE("elements are found with their texts") {
    const auto elements = find_elements(R"([ 1 , "a]" ,[ ],{"b":[2,3]} ])");
    REQUIRE(elements);
    CHECK(*elements == std::vector<std::string_view>{"1", "\"a]\"", "[ ]", R"({"b":[2,3]})"});
    CHECK(find_elements("[]")->empty());
    CHECK_FALSE(find_elements("{}"));
    CHECK_FALSE(find_elements("[1,]"));
}

TEST_CASE("a value may be anything that JSON allows, without any limit") {
    for (const auto& value :
         {std::string("1e400"),
          std::string("-1.5E-999"),
          repeated("9", 500),
          repeated("[", 100'000) + repeated("]", 100'000),
          repeated(R"({"a":)", 100'000) + "1" + repeated("}", 100'000),
          std::string(R"({"a":1,"a":2})"),
          std::string(R"("\ud800")"),
          "[" + repeated("{},", 1000) + "{}]"}) {
        const auto text = R"({"x":)" + value + R"(,"id":"a"})";
        const auto members = find_members(text);
        REQUIRE(members);
        CHECK(members->front().value == value);
        CHECK(members->back().name == "id");
    }
    std::string wide = "{\"k\":0";
    for (int i = 0; i < 1000; ++i) {
        wide += ",\"k" + std::to_string(i) + "\":0";
    }
    CHECK(find_members(wide + "}")->size() == 1001);
}

TEST_CASE("what is not one JSON object has no members") {
    using namespace std::string_view_literals;
    for (const auto text :
         {""sv,
          "{"sv,
          "}"sv,
          "[]"sv,
          "1"sv,
          "{}{}"sv,
          "{} x"sv,
          "{,}"sv,
          "{\"a\"}"sv,
          "{\"a\":}"sv,
          "{\"a\":1,}"sv,
          "{\"a\":1 \"b\":2}"sv,
          "{a:1}"sv,
          "{\"a\":01}"sv,
          "{\"a\":1.}"sv,
          "{\"a\":1e}"sv,
          "{\"a\":-}"sv,
          "{\"a\":+1}"sv,
          "{\"a\":tru}"sv,
          "{\"a\":[1,]}"sv,
          "{\"a\":[}"sv,
          "{\"a\":[}]}"sv,
          "{\"a\":{\"b\"}}"sv,
          "{\"a\":{\"b\":1,}}"sv,
          "{\"a\":\"\\x\"}"sv,
          "{\"a\":\"\\u12g4\"}"sv,
          "{\"a\":\"\n\"}"sv,
          "{\"a\":\"b}"sv,
          "{\"a\":\"\xff\"}"sv,
          "{\"\xff\":1}"sv,
          "{}\0"sv}) {
        CAPTURE(text);
        CHECK_FALSE(find_members(text));
    }
}

TEST_CASE("another parser agrees on what is JSON, on texts that were damaged at random") {
    const std::string_view samples[] = {
        R"({"op":201,"seq":17,"body":"{\"type\":1,\"target_id\":\"a\",\"content\":\"hi\"}"})",
        R"( {"n":null,"b":true,"i":-5,"f":1.5,"e":1e-3,"s":"a\u00e9","o":{"x":[1,{}]},"a":[[],[2]]} )",
    };
    const std::string_view pieces[] = {
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "0",
        "-",
        "1",
        ".",
        "e",
        "tru",
        "null",
        " ",
        "\n",
        "\xc3",
        "x"};
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (int round = 0; round < 20'000; ++round) {
        std::string text(samples[random() % std::size(samples)]);
        for (auto damages = random() % 3; damages > 0; --damages) {
            const auto at = random() % (text.size() + 1);
            text.replace(at, random() % 3, pieces[random() % std::size(pieces)]);
        }
        CAPTURE(text);
        const bool is_object = nlohmann::json::accept(text) && text.find('{') != text.npos &&
                               text.find_first_not_of(" \n") == text.find('{');
        REQUIRE(find_members(text).has_value() == is_object);
    }
}
