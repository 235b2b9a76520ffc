#include "api_fixture.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace gim;
using test::api_fixture;

namespace {

const std::string secret = "a-secret-of-the-tests";

// The tests' own machine is a proxy, which says from where its client comes.
api::api_options behind_proxy() {
    api::api_options o;
    REQUIRE_FALSE(o.keys.add("game=" + secret));
    o.doors.trusted_proxies = *net::address_ranges::parse("127.0.0.1");
    return o;
}

std::string scrape(const std::string& fields) {
    return "GET /metrics HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}

const std::string from_afar = "X-Forwarded-For: 192.0.2.7\r\n";

}  // namespace

TEST_CASE("who is on this machine may ask for the metrics") {
    api_fixture f;
    f.start();
    auto c = f.connect();
    const auto seen = c.ask(scrape(""));
    CHECK(seen.status == 200);
    CHECK(seen.field("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    CHECK(seen.body.find("# TYPE gim_logins_total counter\n") != std::string::npos);
    const auto head = c.ask("HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(head.status == 200);
    CHECK(head.body.empty());
    CHECK(
        c.ask("POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n").status ==
        405
    );
}

TEST_CASE("from elsewhere the metrics need an API key, and a user's token is none") {
    api_fixture f(behind_proxy());
    f.start();
    auto c = f.connect();
    const auto refused = c.ask(scrape(from_afar));
    CHECK(refused.status == 401);
    CHECK(refused.field("WWW-Authenticate") == "Bearer");
    CHECK(refused.body.find("X-API-Key: ") != std::string::npos);
    CHECK(
        c.ask(scrape(from_afar + "Authorization: Bearer " + f.token("1001") + "\r\n")).status == 401
    );
    CHECK(c.ask(scrape(from_afar + "Authorization: Bearer " + secret + "\r\n")).status == 200);
    CHECK(c.ask(scrape(from_afar + "X-API-Key: " + secret + "\r\n")).status == 200);
    // A wrong key is wrong from anywhere.
    const auto wrong = c.ask(scrape("X-API-Key: wrong-wrong-wrong-wrong\r\n"));
    CHECK(wrong.status == 401);
    CHECK(f.all.count(stats::event::api_key_refused) == 1);
}

TEST_CASE("a key for the metrics opens them, and nothing else") {
    auto o = behind_proxy();
    REQUIRE_FALSE(o.metrics_keys.add("prometheus=a-secret-for-the-metrics"));
    api_fixture f(std::move(o));
    f.start();
    auto c = f.connect();
    const std::string in_field = "X-API-Key: a-secret-for-the-metrics\r\n";
    const std::string as_bearer = "Authorization: Bearer a-secret-for-the-metrics\r\n";
    for (const auto& key : {in_field, as_bearer}) {
        CHECK(c.ask(scrape(from_afar + key)).status == 200);
        CHECK(c.ask(scrape(key)).status == 200);
        CHECK(
            c.ask("GET /v1/counters HTTP/1.1\r\nHost: localhost\r\n" + key + "\r\n").status == 401
        );
        CHECK(c.ask("GET /v1/rooms HTTP/1.1\r\nHost: localhost\r\n" + key + "\r\n").status == 401);
        CHECK(
            c.ask("PUT /v1/rooms/x HTTP/1.1\r\nHost: localhost\r\n" + key + "\r\n").status == 401
        );
    }
    CHECK(c.ask(scrape(from_afar + "Authorization: Bearer \r\n")).status == 401);
}

TEST_CASE("answers are counted by the class of their status") {
    api_fixture f;
    f.start();
    auto c = f.connect();
    c.ask("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    c.ask("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n");
    c.ask("GET /v1/rooms HTTP/1.1\r\nHost: localhost\r\n\r\n");
    f.server.set_ready(false);
    c.ask("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n");
    c.ask("NONSENSE\r\n\r\n");
    // On another connection, whose answer comes after those were counted.
    const auto text = f.connect().ask(scrape("")).body;
    CHECK(f.all.count(stats::event::connection_api) == 2);
    CHECK(text.find("gim_http_requests_total{status=\"4xx\"} 3\n") != std::string::npos);
    CHECK(text.find("gim_http_requests_total{status=\"5xx\"} 1\n") != std::string::npos);
    CHECK(f.all.count(stats::event::http_2xx) >= 1);
}
