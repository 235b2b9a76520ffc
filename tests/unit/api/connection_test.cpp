#include "api/openapi.hpp"
#include "api_fixture.hpp"
#include "connection_texts.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

using namespace gim;
using std::chrono::milliseconds;
using test::api_fixture;
using test::contains;
using test::health;

namespace {

// The same in two seconds.
std::string without_date(std::string head) {
    const auto begin = head.find("Date: ");
    return head.erase(begin, head.find("\r\n", begin) - begin);
}

}  // namespace

TEST_CASE("a connection serves one request after the other") {
    api_fixture f;
    f.start();
    auto c = f.connect();
    for (int i = 0; i < 3; ++i) {
        const auto a = c.ask(health);
        CHECK(a.status == 200);
        CHECK(a.field("Connection").empty());
    }
    CHECK(f.server.connections() == 1);
}

TEST_CASE("requests that come at once are answered in their order") {
    api_fixture f;
    f.start();
    auto c = f.connect();
    const std::string body = R"({"type":2,"target_id":"1002","content":"x"})";
    c.send(
        health + f.request("POST", "/v1/messages", "1001", body) +
        "GET /none HTTP/1.1\r\nHost: x\r\n\r\n" + "HEAD /version HTTP/1.1\r\nHost: x\r\n\r\n" +
        "GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" + health
    );
    CHECK(c.read().status == 200);
    CHECK(contains(c.read().body, R"("session_id":"2:1001:1002")"));
    CHECK(c.read().status == 404);
    CHECK(c.read(true).status == 200);
    const auto last = c.read();
    CHECK(contains(last.body, "ready"));
    CHECK(last.field("Connection") == "close");
    CHECK(c.read_to_end().empty());
}

TEST_CASE("a request is answered the same byte by byte") {
    api_fixture f;
    f.start();
    auto c = f.connect();
    const std::string body = R"({"type":2,"target_id":"1002","content":"x"})";
    for (const char byte : f.request("POST", "/v1/messages", "1001", body)) {
        c.send({&byte, 1});
    }
    CHECK(c.read().status == 200);
}

TEST_CASE("HTTP/1.0 ends the connection unless the client wants to keep it") {
    api_fixture f;
    f.start();
    auto c = f.connect();
    const auto kept = c.ask("GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    CHECK(kept.status == 200);
    CHECK(kept.field("Connection") == "keep-alive");
    CHECK(c.ask("GET /healthz HTTP/1.0\r\n\r\n").field("Connection") == "close");
    CHECK(c.read_to_end().empty());
}

TEST_CASE("HEAD is answered with the fields of GET and no body") {
    api_fixture f;
    f.start();
    auto c = f.connect();
    for (const std::string target : {"/healthz", "/openapi.yaml", "/none", "/v1/rooms"}) {
        const auto get = c.ask("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
        const auto head = c.ask("HEAD " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
        CHECK(without_date(head.head) == without_date(get.head));
        CHECK_FALSE(get.body.empty());
    }
}

TEST_CASE("a head that is refused is answered, and the connection ends cleanly") {
    api_fixture f;
    f.start();
    const auto refused = [&](const std::string& bytes) {
        auto c = f.connect();
        const auto a = c.ask(bytes + health);
        CHECK(a.field("Connection") == "close");
        CHECK(contains(a.body, R"({"code":)" + std::to_string(a.status) + R"(,"msg":")"));
        CHECK(c.read_to_end().empty());
        return a.status;
    };
    CHECK(refused("GET /healthz HTTP/1.1\r\n\r\n") == 400);
    CHECK(
        refused("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"
        ) == 501
    );
    CHECK(refused("GET / HTTP/2.0\r\nHost: x\r\n\r\n") == 505);
    CHECK(refused("GET / HTTP/1.1\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n") == 431);
    CHECK(refused("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n") == 413);
}

TEST_CASE("every answer has the date, those of refused requests too") {
    api_fixture f;
    f.start();
    for (const auto* request :
         {"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
          "HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
          "GET /none HTTP/1.1\r\nHost: x\r\n\r\n",
          "nonsense\r\n\r\n"}) {
        auto c = f.connect();
        const auto date = c.ask(request).field("Date");
        CHECK(date.size() == 29);
        CHECK(date.ends_with(" GMT"));
    }
}

TEST_CASE("the lines of Connection are one list") {
    api_fixture f;
    f.start();
    auto c = f.connect();
    const auto a =
        c.ask("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: TE\r\nConnection: close\r\n\r\n");
    CHECK(a.field("Connection") == "close");
    CHECK(c.read_to_end().empty());
}

TEST_CASE("a target in absolute form is answered as one in origin form, if its host is Host") {
    api_fixture f;
    f.start();
    auto c = f.connect();
    CHECK(c.ask("GET http://x:8081/healthz HTTP/1.1\r\nHost: x:8081\r\n\r\n").status == 200);
    const auto rooms = "GET http://x/v1/rooms?token=" + f.token("1001");
    CHECK(c.ask(rooms + " HTTP/1.1\r\nHost: x\r\n\r\n").status == 200);
    CHECK(c.ask(rooms + " HTTP/1.1\r\nHost: y\r\n\r\n").status == 400);
}

TEST_CASE("an answer to a path that is none points the right way") {
    api_fixture f;
    f.start();
    auto c = f.connect();
    const auto asked = [&](const std::string& target, const std::string& fields = {}) {
        const auto a = c.ask("GET " + target + " HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n");
        CHECK(a.status == 404);
        return a.body;
    };
    CHECK(contains(asked("/"), "/openapi.yaml describes"));
    CHECK(contains(asked("/"), "on port 8080 unless --gateway-address"));
    const std::string upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
    CHECK(contains(asked("/ws", upgrade), "WebSockets are at the gateway"));
    CHECK(contains(asked("/v1/rooms/"), "without the slash at the end"));
    CHECK(contains(asked("/metrics/"), "without the slash at the end"));
    CHECK(contains(asked("/none/"), "nothing here"));
    CHECK(contains(asked("/v1/rooms//"), "nothing here"));
    CHECK(contains(asked("//"), "nothing here"));
}

TEST_CASE("the trace comes back under its name, if it is harmless") {
    api::api_options o;
    o.trace_header = "X-Request-Id";
    api_fixture f(o);
    f.start();
    auto c = f.connect();
    const auto with = [&](const std::string& fields) {
        return c.ask("GET /none HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n");
    };
    CHECK(with("x-request-id: abc 1\r\n").field("X-Request-Id") == "abc 1");
    CHECK(with("").field("X-Request-Id").empty());
    CHECK(with("trace: abc\r\n").field("trace").empty());
    CHECK(with("X-Request-Id: caf\xc3\xa9\r\n").field("X-Request-Id").empty());
    CHECK(with("X-Request-Id: " + std::string(129, 'x') + "\r\n").field("X-Request-Id").empty());
}

TEST_CASE("a client that does not ask in time is cut") {
    api::api_options o;
    SUBCASE("nothing at all comes") {
        o.head_timeout = milliseconds(30);
        api_fixture f(o);
        f.start();
        CHECK(f.connect().read_to_end().empty());
    }
    SUBCASE("the head does not end") {
        o.head_timeout = milliseconds(30);
        api_fixture f(o);
        f.start();
        auto c = f.connect();
        c.send("GET /healthz HTTP/1.1\r\n");
        CHECK(c.read_to_end().empty());
    }
    SUBCASE("the head of a later request does not end") {
        o.head_timeout = milliseconds(1000);
        api_fixture f(o);
        f.start();
        auto c = f.connect();
        CHECK(c.ask(health + "GET").status == 200);
        CHECK(c.read_to_end().empty());
    }
    SUBCASE("the body does not end") {
        o.body_timeout = milliseconds(30);
        api_fixture f(o);
        f.start();
        for (const auto* body :
             {"Content-Length: 9\r\n\r\n1",
              "Transfer-Encoding: chunked\r\n\r\n",
              "Transfer-Encoding: chunked\r\n\r\n9\r\n1",
              "Transfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\nA: b\r\n"}) {
            auto c = f.connect();
            c.send(
                "POST /v1/messages?token=" + f.token("1001") + " HTTP/1.1\r\nHost: x\r\n" + body
            );
            CHECK(c.read_to_end().empty());
        }
    }
    SUBCASE("a body that is refused does not end") {
        o.body_timeout = milliseconds(30);
        api_fixture f(o);
        f.start();
        auto c = f.connect();
        CHECK(
            c.ask("POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1").status ==
            401
        );
        CHECK(c.read_to_end().empty());
    }
    SUBCASE("no other request comes") {
        o.idle_timeout = milliseconds(30);
        api_fixture f(o);
        f.start();
        auto c = f.connect();
        CHECK(c.ask(health).status == 200);
        CHECK(c.read_to_end().empty());
    }
}

TEST_CASE("a client that asks and asks but reads no answer is cut") {
    api::api_options o;
    o.write_timeout = milliseconds(100);
    api_fixture f(o);
    const auto session = model::session_id::room("9999");
    storage::message_draft draft{{"1001", "Ada"}, "text", std::string(32 * 1024, '\x01')};
    test::run_ok(f.all.home_of(session).store->append(session, std::move(draft), 1000));
    f.start();
    auto c = f.connect();
    const auto ask = f.request("GET", "/v1/sessions/1:9999/messages", "1001");
    std::string asks;
    for (int i = 0; i < 300; ++i) {  // 59 MB of answers, which fit into no socket buffer
        asks += ask;
    }
    c.send(asks);
    CHECK(c.is_reset_in_time());  // for there are requests that the server did not read
}

TEST_CASE("a client that does not close its side after the last answer is cut") {
    api::api_options o;
    o.close_timeout = milliseconds(30);
    api_fixture f(o);
    f.start();
    auto c = f.connect();
    CHECK(c.ask("GET /healthz HTTP/1.0\r\n\r\n").status == 200);
    CHECK(c.read_to_end().empty());
    f.server.stop_accepting();
    CHECK(f.has_ended());
}

TEST_CASE("a client that goes away in the middle is forgotten") {
    api_fixture f;
    f.start();
    for (const std::string& bytes :
         {std::string(),
          std::string("GET /hea"),
          health + "GET",
          std::string("POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1")}) {
        auto c = f.connect();
        c.send(bytes);
    }
    f.server.stop_accepting();
    CHECK(f.has_ended());
}
