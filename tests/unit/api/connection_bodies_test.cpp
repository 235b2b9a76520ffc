#include "api/openapi.hpp"
#include "api_fixture.hpp"
#include "connection_texts.hpp"
#include "worker/memory_part.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

using namespace gim;
using std::chrono::seconds;
using test::api_fixture;
using test::becomes;
using test::contains;
using test::health;
using test::is_free;

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
