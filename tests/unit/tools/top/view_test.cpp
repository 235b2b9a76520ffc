#include "tools/top/view.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace gim::top;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t width = 120;
constexpr std::size_t height = 40;

// What a server says that has sent so many messages.
reading reading_of(int seconds, int messages, int start = 1000) {
    const auto text = [](int n) { return std::to_string(n); };
    auto metrics = metrics_text::parse(
        "gim_build_info{version=\"2.0.0\"} 1\n"
        "process_start_time_seconds " +
        text(start) +
        "\n"
        "process_cpu_seconds_total " +
        text(seconds / 2) +
        "\n"
        "process_resident_memory_bytes 1048576\n"
        "gim_connections{door=\"gateway\"} 1234\n"
        "gim_connections{door=\"api\"} 1\n"
        "gim_messages_total{kind=\"room\"} " +
        text(messages) +
        "\n"
        "gim_push_lateness_seconds_bucket{le=\"0.001\"} " +
        text(messages) +
        "\n"
        "gim_push_lateness_seconds_bucket{le=\"+Inf\"} " +
        text(messages) + "\n"
    );
    REQUIRE(metrics);
    reading r{
        std::chrono::steady_clock::time_point(std::chrono::seconds(seconds)),
        1000.0 + seconds,
        *std::move(metrics),
        {},
        {},
        {}};
    r.rooms =
        parse_table(R"({"data":{"total":1,"items":[{"id":"arena","members":7}]}})", room_columns);
    return r;
}

std::string text_of(const std::vector<line>& frame) {
    std::string out;
    for (const auto& l : frame) {
        out += l.text + "\n";
    }
    return out;
}

bool shows(const view& v, std::string_view what) {
    return text_of(v.frame(width, height)).find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("the first reading shows what is, the second what happens a second") {
    view v("http://x:1");
    CHECK(shows(v, "gim  http://x:1\nasking\n"));
    v.add(reading_of(3600, 100));
    CHECK(!v.has_rates());
    CHECK(shows(v, "gim 2.0.0  http://x:1  up 01:00:00"));
    CHECK(shows(v, "connections 1,234 "));
    CHECK(shows(v, "memory 1.00 MiB"));
    v.add(reading_of(3610, 350));
    CHECK(v.has_rates());
    CHECK(shows(v, "messages   in 25.0/s"));
    CHECK(shows(v, "cpu 50 %"));
    CHECK(shows(v, "push lateness p50 500 us"));
    CHECK(shows(v, "requests      p50 -"));
    CHECK(shows(v, "rooms by rate, 1 in all"));
    CHECK(shows(v, "arena "));
    CHECK(shows(v, "connections by outbox: not told"));
}

TEST_CASE("a process that took its place has no rates yet") {
    view v("http://x:1");
    v.add(reading_of(10, 1000));
    v.add(reading_of(20, 5, 1015));
    CHECK(!v.has_rates());
    CHECK(shows(v, "messages   in 0"));
}

TEST_CASE("a server that does not answer is said to, and what was read stays") {
    view v("http://x:1");
    v.failed("Connection refused\x1b[2J");
    CHECK(shows(v, "no answer: Connection refused\\x1b[2J; trying again"));
    v.add(reading_of(10, 1));
    CHECK(!shows(v, "no answer"));
    v.failed("gone");
    CHECK(shows(v, "no answer: gone; trying again"));
    CHECK(shows(v, "arena"));
}

TEST_CASE("a frame keeps to its place, however small") {
    view v("http://a-long-name-of-a-host.example:8081");
    v.add(reading_of(10, 1));
    v.add(reading_of(11, 2));
    for (const std::size_t w : {1U, 10U, 40U, 80U, 200U}) {
        for (const std::size_t h : {0U, 1U, 2U, 5U, 10U, 24U, 60U}) {
            const auto frame = v.frame(w, h);
            CHECK(frame.size() <= h);
            CHECK(std::ranges::all_of(frame, [w](const line& l) { return l.text.size() <= w; }));
        }
    }
}

TEST_CASE("the orders go round") {
    view v("http://x:1");
    const std::string first(v.connection_order());
    int count = 0;
    do {
        v.next_connection_order();
        ++count;
    } while (v.connection_order() != first);
    CHECK(count == 8);
    CHECK(v.room_order() == "rate");
    v.next_room_order();
    CHECK(v.room_order() == "members");
    v.set(view::motion::paused);
    CHECK(shows(v, "paused"));
}
