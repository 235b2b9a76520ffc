#include "net/http_date.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <thread>

using namespace gim;
using std::chrono::seconds;
using std::chrono::sys_seconds;

TEST_CASE("a time is written as RFC 9110 has it") {
    const auto at = [](long long since_1970) {
        return net::http_date(sys_seconds(seconds(since_1970)));
    };
    CHECK(at(784'111'777) == "Sun, 06 Nov 1994 08:49:37 GMT");  // its own example
    CHECK(at(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
    CHECK(at(1'709'251'199) == "Thu, 29 Feb 2024 23:59:59 GMT");
    CHECK(at(1'709'251'200) == "Fri, 01 Mar 2024 00:00:00 GMT");
    CHECK(at(4'102'444'799) == "Thu, 31 Dec 2099 23:59:59 GMT");
}

TEST_CASE("the field has the current time, in every thread") {
    const auto is_current = [] {
        const auto now = [] {
            return std::chrono::floor<seconds>(std::chrono::system_clock::now());
        };
        const auto before = now();
        const std::string field(net::date_field());
        for (auto t = before; t <= now(); t += seconds(1)) {
            if (field == "Date: " + net::http_date(t) + "\r\n") {
                return true;
            }
        }
        return false;
    };
    CHECK(is_current());
    CHECK(is_current());
    bool elsewhere = false;
    std::thread([&] { elsewhere = is_current(); }).join();
    CHECK(elsewhere);
}
