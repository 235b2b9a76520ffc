// What Redis keeps of a user.

#include "support/ask_redis.hpp"
#include "support/show_result.hpp"
#include "unit/storage/redis/two_nodes.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <functional>
#include <string>

using namespace gim;
using gim::test::run_on;
using gim::test::two_nodes;
using gim::test::unwrap;

namespace {

const model::user ann{"ann", "Ann"};

struct kept_users : two_nodes {
    void put(const model::user& user) {
        unwrap(run_on(here->home(), [&] { return here->store().put_user(user); }));
    }
    model::user add(const model::user& user) {
        return unwrap(run_on(here->home(), [&] { return here->store().add_user(user); }));
    }
    void join(std::string_view room) {
        unwrap(run_on(here->home(), [&] { return here->store().add_room_of("ann", room, 1000); }));
    }
    static std::string key(std::string_view what) { return "gim:{u:ann}:" + std::string(what); }
};

}  // namespace

TEST_CASE_FIXTURE(kept_users, "whoever logs in keeps what is kept of the user for a whole time") {
    put(ann);
    join("den");
    here->send("ann", "bob", "hi");
    const std::array<std::function<void()>, 3> logins{
        [&] { put(ann); },
        [&] {
            put({"ann", "Anna"});
        },
        [&] {
            CHECK(add({"ann", "ann"}).name == "Anna");
        }};
    for (const auto& login : logins) {
        for (const auto* what : {"name", "rooms", "private", "touches"}) {
            REQUIRE(redis("PEXPIRE", key(what), "1000000") == "1");
        }
        login();
        for (const auto* what : {"name", "rooms", "private", "touches"}) {
            CAPTURE(what);
            CHECK(std::stol(redis("PTTL", key(what))) > 1'000'000);
        }
    }
}

TEST_CASE_FIXTURE(kept_users, "a Redis that may not write refuses new names and no known user") {
    put(ann);
    redis("CONFIG", "SET", "min-replicas-to-write", "1");
    CHECK(add({"ann", "ann"}).name == "Ann");
    put(ann);
    const model::user bob{"bob", "Bob"};
    CHECK(run_on(here->home(), [&] { return here->store().put_user(bob); }).has_error());
}

TEST_CASE_FIXTURE(kept_users, "a name that somebody else wrote and that is none is not believed") {
    redis("SET", key("name"), "\xc3(");
    CHECK(add(ann).name == "ann");
    CHECK(workers.count(stats::event::redis_value_left_out) == 1);
    put(ann);
    CHECK(redis("GET", key("name")) == "Ann");
}
