#include "program/log/log_format.hpp"

#include "observe/stats/log_fields.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

using gim::program::log_form;
using gim::program::log_format;
using gim::program::printable;
using gim::stats::log_field;

namespace {

std::string line(log_form form, std::string_view message, std::vector<log_field> fields = {}) {
    const gim::stats::log_fields with(fields);
    log_format format(form);
    spdlog::memory_buf_t out;
    format.format({"gim", spdlog::level::warn, {message.data(), message.size()}}, out);
    return {out.data(), out.size()};
}

// Without the time, which is checked.
std::string behind_time(const std::string& text, const std::string& begin) {
    std::smatch match;
    const std::regex time(begin + R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d)");
    REQUIRE(std::regex_search(text, match, time, std::regex_constants::match_continuous));
    return match.suffix().str();
}

std::string every_byte() {
    std::string all;
    for (int c = 0; c < 256; ++c) {
        all += static_cast<char>(c);
    }
    return all;
}

}  // namespace

TEST_CASE("a line of text has the time, the level and the message") {
    CHECK(behind_time(line(log_form::text, "it's \"so\" \\"), "") == " warning it's \"so\" \\\n");
}

TEST_CASE("a line of JSON is an object with the line's fields") {
    const auto text = line(
        log_form::json,
        R"(a "b" \c)",
        {{"connection", std::uint64_t{18446744073709551615U}}, {"user", "ada"}, {"trace", ""}}
    );
    CHECK(
        behind_time(text, R"(\{"time":")") ==
        R"(","level":"warning","message":"a \"b\" \\c","connection":18446744073709551615,"user":"ada"})"
        "\n"
    );
}

TEST_CASE("fields are those of one line") {
    const std::vector<log_field> outer{{"a", "1"}};
    const gim::stats::log_fields with(outer);
    {
        const gim::stats::log_fields with_none({});
        CHECK(gim::stats::log_fields::current().empty());
    }
    CHECK(gim::stats::log_fields::current().size() == 1);
}

TEST_CASE("whatever bytes come, an event is one line of printable ASCII") {
    for (const auto form : {log_form::text, log_form::json}) {
        const auto bytes = every_byte();
        const auto text = line(form, bytes, {{"user", bytes}});
        CHECK(text.find('\n') == text.size() - 1);
        for (const char c : text.substr(0, text.size() - 1)) {
            CHECK_MESSAGE((c >= ' ' && c <= '~'), static_cast<int>(c));
        }
    }
    CHECK(printable("a\nb\x1b[2J\x7f", 100, log_form::text) == R"(a\x0ab\x1b[2J\x7f)");
    CHECK(
        printable("\xff\xc3\xa9\xe2\x80\xa8", 100, log_form::json) == R"(\xff\xc3\xa9\xe2\x80\xa8)"
    );
    CHECK(printable({"\0", 1}, 100, log_form::text) == R"(\x00)");
    CHECK(
        line(log_form::json, "\n{\"level\":\"error\"}")
            .find(R"("message":"\\x0a{\"level\":\"error\"}"})") != std::string::npos
    );
}

TEST_CASE("nothing is cut inside an escape") {
    CHECK(printable("a\n", 4, log_form::text) == "a");
    CHECK(printable("a\n", 5, log_form::text) == R"(a\x0a)");
    CHECK(printable("a\n", 5, log_form::json) == "a");
    CHECK(printable("a\n", 6, log_form::json) == R"(a\x0a)");
    CHECK(printable("\"\"", 3, log_form::json) == "\"");
    CHECK(printable("abc", 0, log_form::text).empty());
}

TEST_CASE("a line has at most 4096 bytes and is whole") {
    for (const std::string piece : {"x", "\"", "\n", "\\"}) {
        std::string much;
        while (much.size() < 20'000) {
            much += piece;
        }
        const std::vector<log_field> fields(20, {"name", much});
        const auto text = line(log_form::text, much, fields);
        CHECK(text.size() <= 4096);
        CHECK(text.size() > 4000);
        CHECK(text.ends_with('\n'));
        const auto json = line(log_form::json, much, fields);
        CHECK(json.size() <= 4096);
        CHECK(json.size() > 4000);
        CHECK(json.ends_with("\"}\n"));
    }
}
