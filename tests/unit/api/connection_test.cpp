#include "api/openapi.hpp"
#include "api_fixture.hpp"
#include "worker/memory_part.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

using namespace gim;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::api_fixture;

namespace {

const std::string health = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

// True when `wanted` holds of what is counted, at once or soon.
template <class Wanted>
bool becomes(api_fixture& f, const worker::memory_budget& memory, Wanted wanted) {
    const auto end = std::chrono::steady_clock::now() + seconds(20);
    while (!wanted(memory.used()) && std::chrono::steady_clock::now() < end) {
        test::call_on(f.workers.at(0), [] {});
    }
    return wanted(memory.used());
}
bool is_free(api_fixture& f, const worker::memory_budget& memory) {
    return becomes(f, memory, [](std::size_t used) { return used == 0; });
}

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

TEST_CASE("a body over the limit is refused before it comes") {
    api::api_options o;
    o.http.body_bytes = 10;
    api_fixture f(o);
    f.start();
    auto c = f.connect();
    const std::string head = "POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: ";
    CHECK(c.ask(head + "10\r\n\r\n0123456789").status == 401);
    const std::string chunked = "POST /v1/messages?token=" + f.token("1001") +
                                " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    CHECK(c.ask(chunked + "a\r\n0123456789\r\n0\r\n\r\n").status == 400);  // which is no JSON
    auto other = f.connect();
    const auto too_large = other.ask(chunked + "a\r\n0123456789\r\n1\r\n");
    CHECK(too_large.status == 413);
    CHECK(too_large.field("Connection") == "close");
    const auto refused = c.ask(head + "11\r\n\r\n");
    CHECK(refused.status == 413);
    CHECK(refused.field("Connection") == "close");
}

TEST_CASE("a client that waits to hear that its body is wanted hears it") {
    api_fixture f;
    f.start();
    auto c = f.connect();
    const std::string body = R"({"type":2,"target_id":"1002","content":"x"})";
    const auto head = "POST /v1/messages?token=" + f.token("1001") +
                      " HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: " +
                      std::to_string(body.size()) + "\r\n\r\n";
    CHECK(c.ask(head).status == 100);
    CHECK(c.ask(body).status == 200);
    CHECK(c.ask(head + body).status == 200);  // which did not wait

    const auto other = c.ask("GET / HTTP/1.1\r\nHost: x\r\nExpect: more\r\n\r\n");
    CHECK(other.status == 417);
    CHECK(other.field("Connection") == "close");
}

TEST_CASE("what the head decides is answered before the body comes") {
    api_fixture f;
    f.start();
    struct row {
        unsigned status;
        std::string request;
    };
    const auto key = "?token=" + f.token("1001");
    const std::vector<row> rows = {
        {401, "POST /v1/messages HTTP/1.1\r\nHost: x\r\n"},
        {401, "POST /v1/messages?token=x HTTP/1.1\r\nHost: x\r\n"},
        {401, "POST /v1/messages HTTP/1.1\r\nHost: x\r\nX-API-Key: x\r\n"},
        {403, "POST /v1/messages/batch" + key + " HTTP/1.1\r\nHost: x\r\n"},
        {404, "POST /none HTTP/1.1\r\nHost: x\r\n"},
        {405, "POST /v1/rooms HTTP/1.1\r\nHost: x\r\n"},
        {415, "POST /v1/messages" + key + " HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"},
        {415, "POST /v1/messages" + key + " HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\n"},
        {401, "PUT /v1/rooms/a HTTP/1.1\r\nHost: x\r\n"},
    };
    for (const auto& r : rows) {
        CAPTURE(r.request);
        for (const auto* body :
             {"Content-Length: 1048576\r\n\r\n",
              "Content-Length: 65537\r\n\r\n{",
              "Transfer-Encoding: chunked\r\n\r\n",
              "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"}) {
            CAPTURE(body);
            auto c = f.connect();
            const auto a = c.ask(r.request + body);
            CHECK(a.status == r.status);
            CHECK(a.field("Connection") == "close");
            CHECK(c.read_to_end().empty());
        }
        // A small body is read and dropped, so that the connection stays.
        auto c = f.connect();
        const auto a = c.ask(r.request + "Content-Length: 65536\r\n\r\n" + std::string(1000, 'x'));
        CHECK(a.status == r.status);
        CHECK(a.field("Connection").empty());
        c.send(std::string(64'536, 'x'));
        CHECK(c.ask(health).status == 200);
    }
}

TEST_CASE("all bodies together have the memory that they may have, and give it back") {
    worker::memory_budget memory(160'000);
    worker::memory_part unfinished(memory);  // 80'000 for what is long
    api::api_options o;
    o.memory = &memory;
    o.unfinished = &unfinished;
    api_fixture f(o);
    f.start();
    const auto begin = "POST /v1/messages?token=" + f.token("1001") + " HTTP/1.1\r\nHost: x\r\n";
    std::uint64_t refusals = 0;
    for (const std::string& head :
         {begin + "Content-Length: 100000\r\n\r\n",
          begin + "Transfer-Encoding: chunked\r\n\r\n186a0\r\n"}) {
        CAPTURE(head);
        auto announced = f.connect();
        announced.send(head);
        auto first = f.connect();
        first.send(head + std::string(50'000, ' '));
        CHECK(becomes(f, memory, [](std::size_t used) { return used >= 50'000; }));
        CHECK(memory.used() <= 80'000);
        // One more does not fit, but a small one does.
        auto second = f.connect();
        const auto refused = second.ask(head + std::string(50'000, ' '));
        CHECK(refused.status == 503);
        CHECK(refused.field("Retry-After") == "1");
        CHECK(refused.field("Connection") == "close");
        CHECK(second.read_to_end().empty());
        CHECK(f.workers.count(stats::event::refused_memory) == ++refusals);
        auto third = f.connect();
        CHECK(
            third
                .ask(f.request(
                    "POST", "/v1/messages", "1001", R"({"type":2,"target_id":"1002","content":"x"})"
                ))
                .status == 200
        );
        CHECK(memory.used() >= 50'000);
        first = f.connect();  // and the one before goes away
        CHECK(is_free(f, memory));
        CHECK(
            third.ask(begin + "Content-Length: 60000\r\n\r\n" + std::string(60'000, ' ')).status ==
            400
        );
        CHECK(is_free(f, memory));
        // Where others have used seven eighths, too.
        memory.take(150'000);
        auto fourth = f.connect();
        CHECK(fourth.ask(head + std::string(50'000, ' ')).status == 503);
        ++refusals;
        memory.give_back(150'000);
        CHECK(is_free(f, memory));
    }
}

TEST_CASE(
    "an answer that is not read counts; others that are long get 503, until its client is gone"
) {
    const std::string manual = "GET /openapi.yaml HTTP/1.1\r\nHost: x\r\n\r\n";
    const auto size = api::openapi_yaml.size();
    REQUIRE(size > worker::memory_part::short_bytes);
    worker::memory_budget memory(3 * size);
    worker::memory_part unfinished(memory);  // for one of them
    api::api_options o;
    o.unfinished = &unfinished;
    o.write_timeout = seconds(60);
    api_fixture f(o);
    f.start();
    auto stopped = f.connect();
    std::string many;
    for (int i = 0; i < 1000; ++i) {  // more than the kernel holds at both ends
        many += manual;
    }
    stopped.send(many);
    auto other = f.connect();
    for (const auto* method : {"GET", "HEAD"}) {
        // Soon the kernel takes no more, and an answer stays.
        const auto end = std::chrono::steady_clock::now() + seconds(20);
        auto refused = other.ask(method + manual.substr(3));
        while (refused.status == 200 && std::chrono::steady_clock::now() < end) {
            refused = other.ask(method + manual.substr(3));
        }
        CHECK(refused.status == 503);
        CHECK(refused.field("Retry-After") == "1");
        CHECK(refused.field("Connection").empty());
    }
    CHECK(f.workers.count(stats::event::refused_memory) >= 2);
    CHECK(becomes(f, memory, [&](std::size_t used) { return used >= size; }));
    CHECK(memory.used() <= memory.limit());
    // Short answers are not refused, nor is an operator, nor what changes something.
    CHECK(other.ask(health).status == 200);
    CHECK(other.ask("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").body.size() > 16'384);
    const std::string body = R"({"type":2,"target_id":"1002","content":"x"})";
    CHECK(other.ask(f.request("POST", "/v1/messages", "1001", body)).status == 200);
    stopped = f.connect();  // and the one before goes away
    CHECK(is_free(f, memory));
    CHECK(other.ask(manual).status == 200);
    CHECK(is_free(f, memory));
}

TEST_CASE("a chunked body is the same as one with a length") {
    api_fixture f;
    f.start();
    const auto head = "POST /v1/messages?token=" + f.token("1001") +
                      " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n";
    const std::string body =
        "\r\n1c\r\n{\"type\":2,\"target_id\":\"1002\"\r\nE;last\r\n,\"content\":\"x\"\r\n"
        "1\r\n}\r\n0\r\nTrailer: dropped\r\n\r\n";
    auto c = f.connect();
    c.send(head + body + health);
    CHECK(contains(c.read().body, R"("session_id":"2:1001:1002")"));
    CHECK(c.read().status == 200);  // of what follows the body
    for (const char byte : head + body) {
        c.send({&byte, 1});
    }
    CHECK(c.read().status == 200);
    CHECK(c.ask(head + "Expect: 100-continue\r\n\r\n").status == 100);
    CHECK(c.ask(body.substr(2)).status == 200);
    c.send(head + "\r\n1\n{\n" + health);
    const auto refused = c.read();
    CHECK(refused.status == 400);
    CHECK(refused.field("Connection") == "close");
    CHECK(c.read_to_end().empty());
}

TEST_CASE("an identity of a body is none, and an encoding without a body is not looked at") {
    api_fixture f;
    f.start();
    auto c = f.connect();
    const std::string body = R"({"type":2,"target_id":"1002","content":"x"})";
    const auto post = [&](const std::string& encoding) {
        return c.ask(
            "POST /v1/messages?token=" + f.token("1001") + " HTTP/1.1\r\nHost: x\r\n" +
            "Content-Encoding: " + encoding + "\r\nContent-Length: " + std::to_string(body.size()) +
            "\r\n\r\n" + body
        );
    };
    CHECK(post("identity").status == 200);
    const auto refused = post("gzip");
    CHECK(refused.status == 415);
    CHECK(refused.field("Accept-Encoding") == "identity");
    CHECK(post("identity, gzip").status == 415);
    CHECK(
        c.ask("GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\n\r\n").status == 200
    );
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
    const auto session = protocol::session_id::room("9999");
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
