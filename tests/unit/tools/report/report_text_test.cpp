#include "tools/report/report_text.hpp"

#include "unit/tools/report/measurements.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <sstream>
#include <string>
#include <vector>

using namespace gim::report;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        out.push_back(line);
    }
    return out;
}

// The line that begins with this label.
std::string line_of(const std::string& text, const std::string& label) {
    for (const auto& line : lines_of(text)) {
        if (line.starts_with("  " + label + ' ')) {
            return line;
        }
    }
    return {};
}

bool is_ascii(const std::string& text) {
    return std::ranges::all_of(text, [](char c) { return (c >= ' ' && c <= '~') || c == '\n'; });
}

}  // namespace

TEST_CASE("the terminal's report is one screen, and says what was run") {
    const auto text = report_text(good_run());
    CHECK(lines_of(text).size() <= 25);
    CHECK(is_ascii(text));
    CHECK(lines_of(text).front() == "fanout: 1 room of 1,000 members");
    CHECK(contains(line_of(text, "machine"), "AMD EPYC, 2 cores, Linux 6.1"));
    CHECK(contains(line_of(text, "build"), "2026-11-21 10:05 UTC"));
    CHECK(contains(line_of(text, "server"), "gim serve --workers 1"));
    CHECK(contains(line_of(text, "pinning"), "generator on core 1"));
    CHECK(contains(line_of(text, "measured"), "2.00 s, 1,001 connections"));
}

TEST_CASE("the terminal's report has every figure of a run") {
    const auto text = report_text(good_run());
    CHECK(contains(line_of(text, "offered"), "8,000"));
    CHECK(contains(line_of(text, "delivered"), "8,000,000"));
    CHECK(contains(line_of(text, "delivered"), "4,000,000 a second"));
    CHECK(contains(line_of(text, "latency"), "p50 2.0"));
    CHECK(contains(line_of(text, "latency"), "max 400 ms"));
    CHECK(contains(line_of(text, "answers"), "max 1.00 ms"));
    CHECK(contains(line_of(text, "received"), "800,000 frames"));
    CHECK(contains(line_of(text, "received"), "300 B a delivery, 10.0 deliveries a frame"));
    CHECK(contains(line_of(text, "server CPU"), "240 ns a delivery (user 60.0 ns, system 180 ns)"));
    CHECK(contains(line_of(text, "load"), "server 96 % of a core (saturated)"));
    CHECK(contains(line_of(text, "load"), "generator 50 % of a core"));
    CHECK_FALSE(contains(line_of(text, "load"), "core (saturated), generator 50 % of a core ("));
    CHECK(contains(line_of(text, "memory"), "5.75 KiB a connection"));
}

TEST_CASE("the terminal's report has what Redis cost, and what it does alone") {
    const auto text = report_text(redis_run());
    CHECK(contains(line_of(text, "Redis CPU"), "10.0 us a message"));
    CHECK(contains(line_of(text, "load"), "(saturated), Redis 4.0 % of a core, generator"));
    CHECK(contains(
        line_of(text, "Redis alone"),
        "90,123 appends a second, 400,000 ZADD a second (redis-benchmark)"
    ));
    CHECK_FALSE(contains(report_text(good_run()), "Redis"));
}

TEST_CASE("the numbers of messages stand under one another") {
    const auto text = report_text(good_run());
    const auto end_of = [&](const std::string& label, const std::string& number) {
        return line_of(text, label).find(number) + number.size();
    };
    CHECK(end_of("offered", "8,000") == end_of("delivered", "8,000,000"));
    CHECK(end_of("lost", "0") == end_of("delivered", "8,000,000"));
}

TEST_CASE("that nothing was lost is said, and so is what was") {
    CHECK(contains(line_of(report_text(good_run()), "lost"), "NOTHING LOST"));

    auto m = good_run();
    m.lost = 1234;
    m.out_of_order = 17;
    m.skipped = 55;
    m.disconnected = 3;
    const auto text = report_text(m);
    CHECK_FALSE(contains(text, "NOTHING LOST"));
    CHECK(contains(line_of(text, "LOST"), "1,234   0.015 % of 8,000,000"));
    CHECK(line_of(text, "DUPLICATED").ends_with(" 0"));
    CHECK(line_of(text, "OUT OF ORDER").ends_with(" 17"));
    CHECK(line_of(text, "skipped").ends_with(" 55"));
    CHECK(line_of(text, "disconnected").ends_with(" 3"));
}

TEST_CASE("a line without a meaning in the scenario is left out") {
    const auto text = report_text(idle_run());
    for (const auto* label :
         {"offered",
          "delivered",
          "lost",
          "LOST",
          "latency",
          "answers",
          "received",
          "server CPU",
          "load"}) {
        CHECK(line_of(text, label).empty());
    }
    CHECK(contains(line_of(text, "measured"), "10.0 s, 50,000 connections"));
    CHECK(contains(line_of(text, "memory"), "5.75 KiB"));
    CHECK(line_of(text, "disconnected").ends_with(" 0"));
}

TEST_CASE("an operation is called by its own name") {
    auto m = good_run();
    m.unit = "connection";
    const auto text = report_text(m);
    CHECK(contains(line_of(text, "connections"), "8,000,000"));
    CHECK(contains(line_of(text, "server CPU"), "240 ns a connection"));
}

TEST_CASE("an empty measurement has a report") {
    CHECK(is_ascii(report_text({})));
    CHECK_FALSE(contains(report_text({}), "nan"));
}

TEST_CASE("text from outside cannot move the terminal's cursor") {
    auto m = good_run();
    m.server = "ws://host/\x1b[2J\r\n\x80";
    m.notes = {"beep\a"};
    const auto text = report_text(m);
    CHECK(is_ascii(text));
    CHECK(contains(line_of(text, "server"), "ws://host/?[2J???"));
    CHECK(contains(line_of(text, "note"), "beep?"));
}
