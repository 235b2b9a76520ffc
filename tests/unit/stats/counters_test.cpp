#include "stats/counters.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string_view>

using gim::stats::counters;
using gim::stats::event;
using gim::stats::event_names;

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
    CHECK(
        std::set<std::string_view>(event_names.begin(), event_names.end()).size() ==
        event_names.size()
    );
}
