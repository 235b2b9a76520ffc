#include "tools/report/html_text.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace gim::report;
using namespace std::chrono_literals;

TEST_CASE("text cannot leave an element or a quoted attribute") {
    CHECK(
        html_escaped("<a href=\"x\" title='y'>&</a>") ==
        "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;&lt;/a&gt;"
    );
    CHECK(html_escaped("plain, 100 %") == "plain, 100 %");
}

TEST_CASE("a number is not parted from its unit") {
    CHECK(html_quantity("3,070 ns") == "3,070&nbsp;ns");
    CHECK(html_quantity("12") == "12");
    CHECK(html_duration(12'345ns) == "12.3&nbsp;&micro;s");
    CHECK(html_duration(1050ms) == "1.05&nbsp;s");
}
