#include "stats/log_failure.hpp"

#include <doctest/doctest.h>
#include <spdlog/sinks/ostream_sink.h>

#include <memory>
#include <sstream>
#include <string>

using gim::stats::failure;
using gim::stats::log_failure;

namespace {

// The default logger, caught.
struct fixture {
    std::ostringstream text;
    std::shared_ptr<spdlog::logger> before = spdlog::default_logger();

    fixture() {
        auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(text);
        auto log = std::make_shared<spdlog::logger>("test", std::move(sink));
        log->set_pattern("%l %v");
        spdlog::set_default_logger(std::move(log));
    }
    fixture(const fixture&) = delete;
    fixture& operator=(const fixture&) = delete;
    ~fixture() { spdlog::set_default_logger(before); }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "what fails again and again is one line of its kind") {
    for (int i = 0; i < 1000; ++i) {
        log_failure(failure::timeout, {}, "a timeout: {}", i);
        log_failure(failure::room_push, {}, "a push: {}", i);
    }
    CHECK(text.str() == "error a timeout: 0\nerror a push: 0\n");
}

TEST_CASE_FIXTURE(fixture, "braces in what failed are text") {
    log_failure(failure::accepting, {}, "{}", "{} {0} {x}");
    CHECK(text.str() == "error {} {0} {x}\n");
}
