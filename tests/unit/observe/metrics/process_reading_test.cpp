#include "observe/metrics/process_reading.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <unistd.h>

using gim::metrics::read_process;
using gim::metrics::read_stat;

TEST_CASE("the fields of stat are found behind a name that looks like some") {
    const std::string stat =
        "77 (a) 1 (b) S 1 77 77 0 -1 4194560 500 0 0 0 250 150 3 4 20 0 5 0 300 8192000 1234 "
        "18446744073709551615 1 1";
    const auto r = read_stat(stat, 100, 4096, 1'000'000);
    CHECK(r.cpu_seconds == doctest::Approx(4.0));
    CHECK(r.threads == 5);
    CHECK(r.start_time_seconds == doctest::Approx(1'000'003));
    CHECK(r.virtual_bytes == 8'192'000);
    CHECK(r.resident_bytes == 1234 * 4096);
}

TEST_CASE("what is no stat is nothing") {
    for (const auto* text : {"", "77 (a", "77 (a)", "77 (a) S x y z"}) {
        CAPTURE(text);
        const auto r = read_stat(text, 100, 4096, 0);
        CHECK(r.cpu_seconds == 0);
        CHECK(r.resident_bytes == 0);
    }
}

TEST_CASE("this process has memory, descriptors and an age") {
    const auto before = read_process();
    CHECK(before.resident_bytes > 100'000);
    CHECK(before.virtual_bytes >= before.resident_bytes);
    CHECK(before.threads >= 1);
    CHECK(before.max_fds > before.open_fds);
    const auto now =
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch());
    CHECK(before.start_time_seconds > 1'000'000'000);
    CHECK(before.start_time_seconds < now.count() + 60);
    const int descriptor = ::dup(0);
    CHECK(read_process().open_fds == before.open_fds + 1);
    ::close(descriptor);
}
