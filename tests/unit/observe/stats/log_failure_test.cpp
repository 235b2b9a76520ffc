#include "observe/stats/log_failure.hpp"

#include "support/caught_log.hpp"

#include <doctest/doctest.h>

using gim::stats::failure;
using gim::stats::log_failure;

TEST_CASE_FIXTURE(gim::test::caught_log, "what fails again and again is one line of its kind") {
    for (int i = 0; i < 1000; ++i) {
        log_failure(failure::timeout, {}, "a timeout: {}", i);
        log_failure(failure::room_push, {}, "a push: {}", i);
    }
    CHECK(text.str() == "error a timeout: 0\nerror a push: 0\n");
}

TEST_CASE_FIXTURE(gim::test::caught_log, "braces in what failed are text") {
    log_failure(failure::accepting, {}, "{}", "{} {0} {x}");
    CHECK(text.str() == "error {} {0} {x}\n");
}
