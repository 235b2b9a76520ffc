#include "tools/report/report_html.hpp"

#include "unit/tools/report/measurements.hpp"

#include <doctest/doctest.h>

#include <cctype>
#include <chrono>
#include <set>
#include <string>
#include <vector>

using gim::load::measurement;
using namespace gim::report;
using namespace std::chrono_literals;

namespace {

// What is wrong with the nesting of the page's elements; empty if nothing is.
std::string broken_nesting(const std::string& page) {
    static const std::set<std::string> without_end{"!doctype", "meta"};
    std::vector<std::string> open;
    for (auto at = page.find('<'); at != std::string::npos; at = page.find('<', at + 1)) {
        // No attribute of ours holds a '>': it would have been escaped.
        const auto end = page.find('>', at);
        if (end == std::string::npos) {
            return "a tag has no end";
        }
        const bool closes = page[at + 1] == '/';
        std::string name;
        for (auto c = at + (closes ? 2 : 1); std::isalnum(page[c]) || page[c] == '!'; ++c) {
            name += page[c];
        }
        if (name.empty()) {
            return "a '<' is no tag";
        }
        if (closes) {
            if (open.empty() || open.back() != name) {
                return "</" + name + "> closes " + (open.empty() ? "nothing" : open.back());
            }
            open.pop_back();
        } else if (page[end - 1] != '/' && !without_end.contains(name)) {
            open.push_back(name);
        }
    }
    return open.empty() ? "" : open.back() + " stays open";
}

std::size_t times(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++found;
    }
    return found;
}

constexpr auto chart = "role=\"img\"";

}  // namespace

TEST_CASE("the page opens with the three numbers that matter") {
    const auto page = report_html(good_run());
    const auto headline = page.substr(0, page.find("</header>"));
    CHECK(contains(headline, "<h1>1 room of 1,000 members</h1>"));
    CHECK(contains(headline, "4,000,000 deliveries a second"));
    CHECK(contains(headline, "server CPU a delivery"));
    CHECK(contains(headline, "<strong>240<small>&nbsp;ns</small></strong>"));
    CHECK(contains(headline, "p99 latency"));
    CHECK(contains(headline, "lost"));
    CHECK(contains(headline, "of 8,000,000 expected"));
    CHECK(times(headline, "<strong>") == 3);
}

TEST_CASE("a run that lost something does not look like one that did not") {
    auto m = good_run();
    CHECK(contains(report_html(m), "<li class=\"good\">"));
    CHECK_FALSE(contains(report_html(m), "<li class=\"bad\">"));
    m.lost = 1234;
    m.duplicated = 5;
    const auto page = report_html(m);
    CHECK(contains(page, "<li class=\"bad\">"));
    CHECK(contains(page, "<strong>1,234</strong>"));
    CHECK(contains(page, "not intact"));
    CHECK(contains(page, "5 duplicated"));
}

TEST_CASE("the page has the curves, the table and the command lines") {
    const auto page = report_html(good_run());
    CHECK(times(page, chart) == 4);
    CHECK(contains(page, "aria-label=\"Latency of a delivery by percentile"));
    CHECK(contains(page, ">99.99 %</text>"));
    CHECK(contains(page, ">max 400&nbsp;ms</text>"));
    CHECK(contains(page, "1 s: 3,000,000 deliveries a second</title>"));
    CHECK(contains(page, "1 s: 90 % of a core, 72 % in the kernel</title>"));
    CHECK(contains(page, "<th scope=\"row\">p99.9</th>"));
    CHECK(contains(page, "<th scope=\"row\">members</th><td>1000</td>"));
    CHECK(contains(page, "<pre>gim serve --workers 1</pre>"));
    CHECK(contains(page, "<pre>gim bench fanout --members 1000</pre>"));
}

TEST_CASE("the page has what Redis cost, and what it does alone") {
    const auto page = report_html(redis_run());
    CHECK(contains(page, "<th scope=\"row\">Redis CPU a message</th><td>10.0 us</td>"));
    CHECK(contains(page, "<th scope=\"row\">append script</th><td>90,123</td><td>a second</td>"));
    CHECK(contains(page, "<th scope=\"row\">ZADD</th><td>400,000</td><td>a second</td>"));
    CHECK_FALSE(contains(report_html(good_run()), "redis-benchmark"));
}

TEST_CASE("the page needs nothing from elsewhere, and is well formed") {
    const auto page = report_html(good_run());
    CHECK(broken_nesting(page) == "");
    for (const auto* outside :
         {"http:", "https:", "//", "src=", "href=", "url(", "@import", "<script"}) {
        CHECK_FALSE(contains(page, outside));
    }
    CHECK(contains(page, "prefers-color-scheme: dark"));
}

TEST_CASE("text from outside stays text in the page") {
    const std::string hostile = "'\"><script>alert(1)</script>&amp;";
    auto m = good_run();
    m.scenario = m.title = m.command = m.server = m.pinning = m.unit = hostile;
    m.where = {hostile, 2, hostile, hostile, hostile};
    m.parameters = {{hostile, hostile}};
    m.notes = {hostile};
    const auto page = report_html(m);
    CHECK(broken_nesting(page) == "");
    CHECK_FALSE(contains(page, "<script"));
    CHECK_FALSE(contains(page, "'\""));
    // Every field is shown, as it was given.
    CHECK(times(page, "&#39;&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;") >= 12);
}

TEST_CASE("what has no data has no chart, and leaves no hole") {
    for (const auto& m : {measurement{}, idle_run()}) {
        const auto page = report_html(m);
        CHECK(broken_nesting(page) == "");
        CHECK(times(page, chart) == 0);
        CHECK_FALSE(contains(page, "How late"));
        CHECK_FALSE(contains(page, "Over time"));
        CHECK_FALSE(contains(page, "nan"));
        CHECK_FALSE(contains(page, "inf"));
    }
    CHECK(contains(report_html(idle_run()), "5.75<small>&nbsp;KiB</small>"));
}

TEST_CASE("a run in which nothing came says so") {
    measurement m;
    m.time = 2s;
    m.expected = m.lost = 1000;
    m.samples = {{1000ms, 0, {}, {}, {}, {}}, {2000ms, 0, {}, {}, {}, {}}};
    const auto page = report_html(m);
    CHECK(broken_nesting(page) == "");
    CHECK(contains(page, "Nothing was delivered"));
    CHECK(contains(page, "100 % of 1,000 expected"));
    // A flat line is an answer; a latency that nothing had is none.
    CHECK(times(page, chart) == 1);
    CHECK_FALSE(contains(page, "nan"));
}

TEST_CASE("connections that are only held have no empty chart of connections a second") {
    auto m = idle_run();
    m.latency.add(3ms, 50'000);
    m.samples = {{1000ms, 0, {}, {}, {}, {1ms, 2ms}}};
    const auto page = report_html(m);
    CHECK_FALSE(contains(page, "<b>connections a second</b>"));
    CHECK(contains(page, "<b>CPU of the server</b>"));
}

TEST_CASE("one sample, and one delivery, are drawn") {
    measurement m;
    m.time = 1s;
    m.delivered = m.expected = 1;
    m.latency.add(3ms);
    m.samples = {{1000ms, 1, 3ms, 3ms, 3ms, {1ms, 2ms}}};
    const auto page = report_html(m);
    CHECK(times(page, chart) == 4);
    CHECK(contains(page, "max 3.00&nbsp;ms"));
    CHECK_FALSE(contains(page, "nan"));
    CHECK_FALSE(contains(page, "inf%"));
}

TEST_CASE("thousands of samples make a page of a size that opens at once") {
    auto m = good_run();
    m.samples.clear();
    for (int i = 1; i <= 20'000; ++i) {
        m.samples.push_back({i * 100ms, 1000, 2ms, 3ms, 4ms, {10ms, 20ms}});
    }
    m.samples[12'345].p99 = 900ms;
    m.samples[12'345].max = 901ms;
    const auto page = report_html(m);
    CHECK(page.size() < 500'000);
    CHECK(contains(page, "20,000 samples"));
    CHECK(contains(page, "p99 900&nbsp;ms, max 901&nbsp;ms"));
}

TEST_CASE("the latency over time has a gap where nothing came") {
    auto m = good_run();
    const auto lines = [](const measurement& run) {
        return times(report_html(run), "class=\"line p99\"");
    };
    m.samples = {
        {1000ms, 10, 2ms, 3ms, 4ms, {}},
        {2000ms, 10, 2ms, 3ms, 4ms, {}},
        {3000ms, 10, 2ms, 3ms, 4ms, {}},
    };
    CHECK(lines(m) == 1);
    m.samples[1] = {2000ms, 0, {}, {}, {}, {}};
    CHECK(lines(m) == 2);
}
