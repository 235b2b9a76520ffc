#include "api_fixture.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>

using namespace gim;
using test::api_fixture;

TEST_CASE("healthz, readyz, version and the document need no token") {
    api::api_options o;
    o.version = "1.2.3";
    api_fixture f(o);
    f.start();
    auto c = f.connect();
    CHECK(c.ask(f.request("GET", "/healthz")).body.find(R"({"status":"ok"})") != std::string::npos);
    CHECK(c.ask(f.request("GET", "/readyz")).status == 200);
    const auto version = c.ask(f.request("GET", "/version"));
    CHECK(version.body == R"({"code":0,"msg":"","data":{"version":"1.2.3"}})");
    CHECK(version.field("Content-Type") == "application/json");
    CHECK(version.field("Server") == "gim");
    const auto document = c.ask(f.request("GET", "/openapi.yaml"));
    CHECK(document.field("Content-Type") == "application/yaml");
    CHECK(document.body.starts_with("openapi: 3.1."));
}

TEST_CASE("a token is taken from the field or the query; without a good one it is 401") {
    api_fixture f;
    f.start();
    auto c = f.connect();
    const auto token = f.token("1001");
    const auto with = [&](const std::string& query, const std::string& field) {
        return c.ask("GET /v1/rooms" + query + " HTTP/1.1\r\nHost: x\r\n" + field + "\r\n");
    };
    CHECK(with("", "Authorization: Bearer " + token + "\r\n").status == 200);
    CHECK(with("", "Authorization: bEARER  " + token + "\r\n").status == 200);
    CHECK(with("?limit=1&token=" + token, "").status == 200);
    for (const auto& bad :
         {with("", ""),
          with("?token=", ""),
          with("?token=" + token + "x", ""),
          with("", "Authorization: Bearer\r\n"),
          with("", "Authorization: Bearer" + token + "\r\n"),
          with("", "Authorization: Basic " + token + "\r\n"),
          with("?token=" + token, "Authorization: Bearer x\r\n")}) {
        CHECK(bad.status == 401);
        CHECK(bad.field("WWW-Authenticate") == "Bearer");
        CHECK(bad.body.starts_with(R"({"code":401,"msg":"token: )"));
    }
}

TEST_CASE("users, rooms, members and sessions are answered by the services, on either worker") {
    api_fixture f;
    f.start();
    for (int connections = 0; connections < 8; ++connections) {  // the kernel spreads them
        auto c = f.connect();
        const auto get = [&](std::string_view target, const std::string& user) {
            return c.ask(f.request("GET", target, user));
        };
        CHECK(
            get("/v1/users/1002", "1001").body ==
            R"({"code":0,"msg":"","data":{"id":"1002","name":"name of 1002","online":false}})"
        );
        CHECK(get("/v1/users/nobody", "1001").status == 404);
        CHECK(get("/v1/users/a%20b", "1001").status == 400);
        CHECK(get("/v1/rooms", "1003").body.find(R"("id":"9999")") != std::string::npos);
        CHECK(get("/v1/rooms?after=9999", "1003").body.find(R"("items":[])") != std::string::npos);
        CHECK(
            get("/v1/rooms?limit=301", "1003").body ==
            R"({"code":400,"msg":"limit: must be 1 to 300"})"
        );
        CHECK(
            get("/v1/rooms/9999", "1003").body.find(R"("members":2,"connections":0)") !=
            std::string::npos
        );
        CHECK(get("/v1/rooms/nowhere", "1003").status == 404);
        CHECK(get("/v1/rooms/9999/members", "1001").body.find(R"("total":2)") != std::string::npos);
        CHECK(get("/v1/rooms/9999/members", "1003").status == 403);
        CHECK(get("/v1/sessions", "1001").body.find(R"("id":"1:9999")") != std::string::npos);
        CHECK(get("/v1/sessions/1:9999/messages", "1003").status == 403);
        CHECK(get("/v1/sessions/x/messages", "1001").status == 400);
    }
}

TEST_CASE("what is posted is sent as the token's user, and stands in the history") {
    api_fixture f;
    f.start();
    auto c = f.connect();
    const std::string body = R"({"type":2,"target_id":"1002","content":"hello"})";
    const auto sent = c.ask(f.request("POST", "/v1/messages", "1001", body));
    CHECK(sent.status == 200);
    CHECK(sent.body.find(R"("session_id":"2:1001:1002","sequence":1)") != std::string::npos);
    const auto history = c.ask(f.request("GET", "/v1/sessions/2:1002:1001/messages", "1002"));
    CHECK(history.body.find(R"("content":"hello")") != std::string::npos);
    CHECK(history.body.find(R"("sender":{"id":"1001")") != std::string::npos);

    CHECK(c.ask(f.request("POST", "/v1/messages", "1001", "{")).status == 400);
    CHECK(c.ask(f.request("POST", "/v1/messages", "1001")).status == 400);
    CHECK(c.ask(f.request("POST", "/v1/messages", {}, body)).status == 401);
}

TEST_CASE("a posted body is JSON or 415") {
    api_fixture f;
    f.start();
    auto c = f.connect();
    const auto post = [&](const std::string& type) {
        return c
            .ask(
                "POST /v1/messages?token=" + f.token("1001") + " HTTP/1.1\r\nHost: x\r\n" + type +
                "Content-Length: 2\r\n\r\n{}"
            )
            .status;
    };
    CHECK(post("") == 400);
    CHECK(post("Content-Type: application/json\r\n") == 400);
    CHECK(post("Content-Type: Application/JSON ; charset=utf-8\r\n") == 400);
    CHECK(post("Content-Type: text/plain\r\n") == 415);
    CHECK(post("Content-Type: application/jsonx\r\n") == 415);
    CHECK(post("Content-Type:\r\n") == 415);
}

TEST_CASE("unknown paths are 404 and wrong methods 405, with or without a token") {
    api_fixture f;
    f.start();
    auto c = f.connect();
    for (const std::string user : {"", "1001"}) {
        CHECK(c.ask(f.request("GET", "/v1/nothing", user)).status == 404);
        CHECK(c.ask(f.request("GET", "/v1/users/%zz", user)).status == 400);
        const auto refused = c.ask(f.request("DELETE", "/v1/rooms", user));
        CHECK(refused.status == 405);
        CHECK(refused.field("Allow") == "GET, HEAD");
    }
}

TEST_CASE("a server that stops is not ready, and closes who asks nothing") {
    api_fixture f;
    f.start();
    auto c = f.connect();
    auto idle = f.connect();
    CHECK(idle.ask(f.request("GET", "/healthz")).status == 200);
    CHECK(c.ask(f.request("GET", "/readyz")).status == 200);
    CHECK(f.server.connections() == 2);
    f.server.stop_accepting();
    f.server.set_ready(false);
    CHECK(c.ask(f.request("GET", "/readyz")).body == R"({"code":503,"msg":"shutting down"})");
    CHECK(c.ask(f.request("GET", "/healthz")).status == 200);
    f.server.close_all();
    CHECK(c.read_to_end().empty());
    CHECK(idle.read_to_end().empty());
    CHECK(f.has_ended());
}

TEST_CASE("a server that is replaced answers once more who has asked nothing yet") {
    api_fixture f;
    f.start();
    auto newcomer = f.connect();
    auto idle = f.connect();
    CHECK(idle.ask(f.request("GET", "/healthz")).status == 200);
    auto sending = f.connect();
    const std::string body = R"({"type":1,"target_id":"9999","content":"x"})";
    const auto post = f.request("POST", "/v1/messages", "1001", body);
    sending.send(post.substr(0, post.size() - 1));
    while (f.server.connections() < 3) {
        std::this_thread::yield();
    }
    f.server.stop_accepting();
    f.server.close_all(gim::api::connection::unasked::gets_one_answer);
    CHECK(idle.read_to_end().empty());
    const auto answer = newcomer.ask(f.request("GET", "/readyz"));
    CHECK(answer.status == 200);
    CHECK(answer.field("Connection") == "close");
    CHECK(newcomer.read_to_end().empty());
    sending.send("}");
    CHECK(sending.read().status == 200);
    CHECK(f.has_ended());
}

TEST_CASE("aborting ends also those who are in the middle of a request") {
    api_fixture f;
    f.start();
    auto c = f.connect();
    CHECK(c.ask(f.request("GET", "/healthz") + "POST /v1/messages HTTP/1.1\r\n").status == 200);
    f.server.stop_accepting();
    f.server.abort_all();
    CHECK(c.read_to_end().empty());
    CHECK(f.has_ended());
}

TEST_CASE("readiness can be taken back and given") {
    api_fixture f;
    f.start();
    auto c = f.connect();
    f.server.set_ready(false);
    CHECK(c.ask(f.request("GET", "/readyz")).status == 503);
    f.server.set_ready(true);
    CHECK(c.ask(f.request("GET", "/readyz")).status == 200);
}

TEST_CASE("an exception is answered with 500 and ends that connection only") {
    api_fixture f;
    f.start();
    auto other = f.connect();
    const std::string body = R"({"type":1,"target_id":"9999","content":"x"})";
    for (int asked_before : {0, 1, 0, 1, 0, 1, 0, 1}) {  // where it happens: at the token, at home
        auto c = f.connect();
        f.asks_until_failure = asked_before;
        const auto failed = c.ask(f.request("POST", "/v1/messages", "1001", body));
        CHECK(failed.status == 500);
        CHECK(failed.body == R"({"code":500,"msg":"internal error"})");
        CHECK(failed.field("Connection") == "close");
        CHECK(c.read_to_end().empty());
        CHECK(other.ask(f.request("GET", "/v1/sessions", "1001")).status == 200);
    }
}
