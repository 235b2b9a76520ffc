#include "tools/load/redis_benchmark.hpp"

#include <doctest/doctest.h>

using namespace gim::load;

TEST_CASE("the rate is the last thing that redis-benchmark says") {
    const std::string words =
        "\rZADD k 9 requests per second: rps=0.0 (overall: 0.0)\r   \r"
        "ZADD k 9 requests per second: 81433.22 requests per second, p50=0.199 "
        "msec\n";
    CHECK(rate_in(words) == 81433.22);
    CHECK_FALSE(rate_in("Could not connect to Redis at 127.0.0.1:1: Connection refused\n"));
    CHECK_FALSE(rate_in("x: nan requests per second").value_or(-1) > 0);
    CHECK_FALSE(rate_in(""));
}
