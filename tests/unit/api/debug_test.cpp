#include "api_fixture.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace gim;
using test::api_fixture;

namespace {

const std::string secret = "a-secret-of-the-tests";

api::api_options with_keys() {
    api::api_options o;
    REQUIRE_FALSE(o.keys.add("game=" + secret));
    REQUIRE_FALSE(o.metrics_keys.add("prometheus=a-secret-for-the-metrics"));
    return o;
}

std::string ask(const std::string& path, const std::string& fields) {
    return "GET /debug/" + path + " HTTP/1.1\r\n" + fields + "\r\n";
}

const std::string here = "Host: localhost\r\n";
const std::string by_a_page = "Host: evil.example\r\n";

}  // namespace

TEST_CASE("who is on this machine may look at everything, others with an API key") {
    api_fixture f(with_keys());
    f.start();
    auto c = f.connect();
    for (const auto* path : {"connections", "rooms", "workers"}) {
        CAPTURE(path);
        const auto seen = c.ask(ask(path, here));
        CHECK(seen.status == 200);
        CHECK(seen.field("Content-Type") == "application/json");
        CHECK(seen.body.starts_with("{\"code\":0,\"msg\":\"\",\"data\":{"));
        const auto refused = c.ask(ask(path, by_a_page));
        CHECK(refused.status == 401);
        CHECK(
            refused.body.find("X-API-Key: only who is on the server's machine") != std::string::npos
        );
        CHECK(c.ask(ask(path, by_a_page + "X-API-Key: " + secret + "\r\n")).status == 200);
        const std::string token = "Authorization: Bearer " + f.token("1001") + "\r\n";
        CHECK(c.ask(ask(path, by_a_page + token)).status == 401);
        const std::string metrics = "Authorization: Bearer a-secret-for-the-metrics\r\n";
        for (const auto& host : {here, by_a_page}) {
            CHECK(c.ask(ask(path, host + metrics)).status == 401);
            CHECK(c.ask(ask(path, host + "X-API-Key: wrong-wrong-wrong-wrong\r\n")).status == 401);
        }
    }
    CHECK(f.all.count(stats::event::api_key_refused) == 6);
}

TEST_CASE("what cannot be asked is refused with the words of what can") {
    api_fixture f;
    f.start();
    auto c = f.connect();
    const auto order = c.ask(ask("rooms?sort=x", here));
    CHECK(order.status == 400);
    CHECK(order.body.find("sort: must be one of rate, members") != std::string::npos);
    const auto limit = c.ask(ask("connections?limit=0", here));
    CHECK(limit.status == 400);
    CHECK(limit.body.find("limit: must be 1 to 1000") != std::string::npos);
}
