#include "observe/stats/counters.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string_view>

using gim::stats::counters;
using gim::stats::event;

TEST_CASE("an event is counted for itself") {
    counters c;
    c.add(event::close_slow_reader);
    c.add(event::close_slow_reader, 2);
    c.add(event::close_too_big);
    CHECK(c.count(event::close_slow_reader) == 3);
    CHECK(c.count(event::close_too_big) == 1);
    CHECK(c.count(event::close_bad_request) == 0);
}

TEST_CASE("every event has a name of its own") {
    std::set<std::string_view> names;
    for (const auto& e : gim::stats::events) {
        names.insert(e.name);
    }
    CHECK(names.size() == gim::stats::event_count);
}

TEST_CASE("families of counters are named by the conventions of Prometheus") {
    std::set<std::string_view> names;
    for (const auto& f : gim::stats::counter_families) {
        CAPTURE(f.name);
        CHECK(f.name.starts_with("gim_"));
        CHECK(f.name.ends_with("_total"));
        CHECK(f.help.ends_with("."));
        names.insert(f.name);
    }
    CHECK(names.size() == gim::stats::counter_families.size());
}
