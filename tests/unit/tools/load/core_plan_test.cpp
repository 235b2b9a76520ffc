#include "tools/load/core_plan.hpp"

#include <doctest/doctest.h>

using namespace gim::load;

using list = std::vector<std::size_t>;

TEST_CASE("the generator has the last core, and the server those before it") {
    const auto plan = plan_cores({0, 1, 2, 3}, 2, beside_server::nothing);
    CHECK(plan.server == list{0, 1});
    CHECK(plan.redis.empty());
    CHECK(plan.generator == list{3});
    CHECK(plan.text == "server on cores 0, 1, generator on core 3");
    CHECK(
        plan_cores({4, 5}, 2, beside_server::nothing).text ==
        "server on cores 4, 5, generator on core 5, which they share"
    );
    CHECK(plan_cores({0}, 1, beside_server::nothing).server.empty());
    CHECK(
        plan_cores({0}, 1, beside_server::nothing).text ==
        "server and generator share the only core"
    );
}

TEST_CASE("of three cores Redis has its own, of two it is on the generator's") {
    const auto three = plan_cores({0, 1, 2}, 1, beside_server::redis);
    CHECK(three.server == list{0});
    CHECK(three.redis == list{1});
    CHECK(three.generator == list{2});
    CHECK_FALSE(three.redis_shares_generator);
    CHECK(three.text == "server on core 0, Redis on core 1, generator on core 2");

    const auto two = plan_cores({0, 1}, 1, beside_server::redis);
    CHECK(two.redis == list{1});
    CHECK(two.generator == list{1});
    CHECK(two.redis_shares_generator);
    CHECK(two.text == "server on core 0, Redis and generator on core 1");

    CHECK(plan_cores({0}, 1, beside_server::redis).redis_shares_generator);
    CHECK(
        plan_cores({0}, 1, beside_server::redis).text ==
        "server, Redis and generator share the only core"
    );
    CHECK(
        plan_cores({0, 1, 2}, 2, beside_server::redis).text ==
        "server on cores 0, 1, Redis on core 1, generator on core 2, of which the server has some, "
        "too"
    );
}
