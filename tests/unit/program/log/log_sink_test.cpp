#include "program/log/log_sink.hpp"

#include "observe/stats/log_fields.hpp"
#include "program/log/log_format.hpp"

#include <doctest/doctest.h>
#include <spdlog/logger.h>

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

// A logger that writes into a pipe.
struct fixture {
    std::array<int, 2> ends{};
    spdlog::logger log = make();

    spdlog::logger make() {
        if (::pipe(ends.data()) != 0 || ::fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) {
            throw std::runtime_error("no pipe");
        }
        ::fcntl(ends[1], F_SETPIPE_SZ, 4 * 4096);
        spdlog::logger made("test", std::make_shared<gim::program::log_sink>(ends[1]));
        made.set_pattern("%v");
        return made;
    }
    fixture() = default;
    fixture(const fixture&) = delete;
    fixture& operator=(const fixture&) = delete;
    ~fixture() {
        ::close(ends[0]);
        ::close(ends[1]);
    }

    std::string read() const {
        std::string all;
        std::array<char, 4096> some;
        for (ssize_t n = 0; (n = ::read(ends[0], some.data(), some.size())) > 0;) {
            all.append(some.data(), static_cast<std::size_t>(n));
        }
        return all;
    }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "lines are written as they come") {
    log.info("one");
    log.info("two");
    CHECK(read() == "one\ntwo\n");
}

TEST_CASE_FIXTURE(fixture, "a pipe that nobody reads blocks nobody, and what was lost is counted") {
    const std::string line(1000, 'x');
    for (int i = 0; i < 40; ++i) {
        log.info(line);  // would block for ever
    }
    const auto before = read();
    const auto written = std::count(before.begin(), before.end(), '\n');
    CHECK(written >= 1);
    CHECK(written < 40);
    log.info("again");
    CHECK(
        read() ==
        std::to_string(40 - written) + " log lines were lost: they could not be written\nagain\n"
    );
    log.info("and again");
    CHECK(read() == "and again\n");
}

TEST_CASE_FIXTURE(fixture, "a line is cut at what a pipe takes without blocking") {
    log.info(std::string(10'000, 'x'));
    CHECK(read() == std::string(4095, 'x') + '\n');
}

TEST_CASE("a device that is full loses lines and nothing else") {
    const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    REQUIRE(full >= 0);
    spdlog::logger log("test", std::make_shared<gim::program::log_sink>(full));
    for (int i = 0; i < 3; ++i) {
        log.info("lost");
    }
    ::close(full);
}

TEST_CASE("what was lost is counted, also before it can be said") {
    gim::program::log_sink sink(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    const spdlog::details::log_msg message("test", spdlog::level::info, "lost");
    for (int i = 0; i < 3; ++i) {
        sink.log(message);
    }
    CHECK(sink.lost() == 3);
}

TEST_CASE_FIXTURE(fixture, "the note of lost lines has none of the next line's fields") {
    log.set_formatter(std::make_unique<gim::program::log_format>(gim::program::log_form::json));
    for (int i = 0; i < 40; ++i) {
        log.info(std::string(1000, 'x'));
    }
    read();
    const std::vector<gim::stats::log_field> fields{{"user", "ada"}};
    const gim::stats::log_fields with(fields);
    log.info("again");
    const auto text = read();
    const auto note = text.substr(0, text.find('\n'));
    CHECK(note.find("\"level\":\"warning\"") != std::string::npos);
    CHECK(note.ends_with("log lines were lost: they could not be written\"}"));
    CHECK(text.ends_with("\"message\":\"again\",\"user\":\"ada\"}\n"));
}
