#include "api_fixture.hpp"
#include "observe/stats/event.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <string>

using namespace gim;
using test::api_fixture;

namespace {

const std::string secret = "a-secret-of-the-tests";
const std::string in_field = "X-API-Key: " + secret + "\r\n";
const std::string as_bearer = "Authorization: Bearer " + secret + "\r\n";

api::api_options with_key() {
    api::api_options o;
    REQUIRE_FALSE(o.keys.add("game=" + secret));
    return o;
}

std::string request(
    std::string_view method,
    std::string_view target,
    const std::string& fields,
    std::string_view body = {}
) {
    std::string text;
    text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: x\r\n");
    text.append(fields).append("Content-Length: ").append(std::to_string(body.size()));
    return text.append("\r\n\r\n").append(body);
}

}  // namespace

TEST_CASE("an API key is taken from either field; another one is 401 and counted") {
    api_fixture f(with_key());
    f.start();
    auto c = f.connect();
    const auto counters = [&](const std::string& fields) {
        return c.ask("GET /v1/counters HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n");
    };
    CHECK(counters(in_field).status == 200);
    CHECK(counters(as_bearer).status == 200);
    CHECK(counters("x-api-key: " + secret + "\r\n").status == 200);
    int wrong = 0;
    for (const auto& fields :
         {std::string("X-API-Key: a-secret-of-the-testS\r\n"),
          std::string("X-API-Key: \r\n"),
          "X-API-Key: wrong-wrong-wrong-wrong\r\n" + as_bearer}) {
        const auto refused = counters(fields);
        ++wrong;
        CHECK(refused.status == 401);
        CHECK(refused.field("WWW-Authenticate") == "Bearer");
        CHECK(refused.body == R"({"code":401,"msg":"X-API-Key: not valid"})");
    }
    const auto seen = nlohmann::json::parse(counters(in_field).body);
    CHECK(seen["data"]["counters"]["api_key_refused"] == wrong);
    CHECK(seen["data"]["counters"].size() == stats::event_count);
}

TEST_CASE("an API key is not taken from the URL, and without keys nobody is a back end") {
    api_fixture f(with_key());
    f.start();
    auto c = f.connect();
    CHECK(c.ask(request("PUT", "/v1/rooms/x?token=" + secret, "")).status == 401);
    CHECK(c.ask(request("PUT", "/v1/rooms/x?api_key=" + secret, "")).status == 401);
    api_fixture none;
    none.start();
    auto other = none.connect();
    CHECK(other.ask(request("PUT", "/v1/rooms/x", in_field)).status == 401);
    CHECK(other.ask(request("PUT", "/v1/rooms/x", as_bearer)).status == 401);
    CHECK(other.ask(request("PUT", "/v1/rooms/x", "X-API-Key: \r\n")).status == 401);
}

TEST_CASE("every route of back ends is refused to users, and nothing happens") {
    api_fixture f(with_key());
    f.start();
    auto c = f.connect();
    for (const auto& r : api::routes) {
        if (r.who == api::access::back_end) {
            CAPTURE(r.path);
            std::string target(r.path);
            for (const std::string& name : {std::string("{id}"), std::string("{user}")}) {
                if (const auto at = target.find(name); at != std::string::npos) {
                    target.replace(at, name.size(), name == "{id}" ? "9999" : "1002");
                }
            }
            const auto bearer = "Authorization: Bearer " + f.token("1001") + "\r\n";
            const auto refused = r.method == "GET" ? c.ask(f.request("GET", target, "1001"))
                                                   : c.ask(request(r.method, target, bearer, "{}"));
            CHECK(refused.status == 403);
            CHECK(refused.body.find("API key") != std::string::npos);
        }
    }
    CHECK(
        c.ask(f.request("GET", "/v1/rooms/9999/members", "1001")).body.find(R"("total":2)") !=
        std::string::npos
    );
    CHECK(c.ask("GET /v1/sessions HTTP/1.1\r\nHost: x\r\n" + in_field + "\r\n").status == 403);
}

TEST_CASE("a back end sends as anybody, and as the system if it names nobody; a user cannot") {
    api_fixture f(with_key());
    f.start();
    auto c = f.connect();
    const auto send = [&](const std::string& fields, const std::string& sender) {
        const auto body = R"({"type":1,"target_id":"9999","content":"hi")" + sender + "}";
        return c.ask(request("POST", "/v1/messages", fields, body));
    };
    CHECK(send(in_field, "").status == 200);
    CHECK(send(in_field, R"(,"sender":{"id":"1002"})").status == 200);
    CHECK(send(in_field, R"(,"sender":{"id":"npc-7","name":"A dragon"})").status == 200);
    CHECK(send(in_field, R"(,"sender":{"id":"unheard-of"})").status == 200);
    CHECK(send(in_field, R"(,"sender":{"id":"a b"})").status == 400);
    const auto bearer = "Authorization: Bearer " + f.token("1001") + "\r\n";
    CHECK(send(bearer, R"(,"sender":{"id":"1001"})").status == 403);
    const auto page = c.ask(f.request("GET", "/v1/sessions/1:9999/messages", "1001"));
    const auto items = nlohmann::json::parse(page.body)["data"]["items"];
    REQUIRE(items.size() == 4);  // newest first
    const auto sender = [&](std::size_t i) { return items[3 - i]["sender"].dump(); };
    CHECK(sender(0) == R"({"id":"system","name":"system"})");
    CHECK(sender(1) == R"({"id":"1002","name":"name of 1002"})");
    CHECK(sender(2) == R"({"id":"npc-7","name":"A dragon"})");
    CHECK(sender(3) == R"({"id":"unheard-of","name":"unheard-of"})");
}

TEST_CASE("a batch has a result for each target, in their order") {
    api_fixture f(with_key());
    f.start();
    auto c = f.connect();
    const auto answer = c.ask(request(
        "POST",
        "/v1/messages/batch",
        in_field,
        R"({"content":"hi","targets":[{"type":1,"target_id":"9999"},{"type":2,"target_id":"nobody"},)"
        R"({"type":1,"target_id":"nowhere"},{"type":2,"target_id":"1003"}]})"
    ));
    REQUIRE(answer.status == 200);
    const auto data = nlohmann::json::parse(answer.body)["data"];
    CHECK(data["failed"] == 2);
    REQUIRE(data["items"].size() == 4);
    CHECK(data["items"][0]["data"]["session_id"] == "1:9999");
    CHECK(data["items"][1].dump() == R"({"code":404,"msg":"target_id: no such user"})");
    CHECK(data["items"][2]["code"] == 404);
    CHECK(data["items"][3]["data"]["session_id"] == "2:1003:system");
    CHECK(c.ask(request("POST", "/v1/messages/batch", in_field, "{}")).status == 400);
}

TEST_CASE("a back end creates, fills, empties and dismisses rooms") {
    api_fixture f(with_key());
    f.start();
    auto c = f.connect();
    const auto ask = [&](std::string_view method, std::string_view target) {
        const auto a = c.ask(request(method, target, in_field));
        return std::to_string(a.status) + " " +
               nlohmann::json::parse(a.body).value("data", nlohmann::json()).dump();
    };
    const std::string room =
        R"({"connections":0,"id":"x","members":0,"session_id":"1:x","title":"x"})";
    CHECK(ask("PUT", "/v1/rooms/x") == "200 " + room);
    CHECK(ask("PUT", "/v1/rooms/x") == "200 " + room);
    CHECK(ask("PUT", "/v1/rooms/x/members/1003").find(R"("members":1)") != std::string::npos);
    CHECK(ask("PUT", "/v1/rooms/x/members/1003").find(R"("members":1)") != std::string::npos);
    CHECK(ask("DELETE", "/v1/rooms/x/members/1003") == "200 {}");
    CHECK(ask("DELETE", "/v1/rooms/x/members/1003") == "404 null");
    CHECK(ask("DELETE", "/v1/rooms/y/members/1003") == "404 null");
    CHECK(ask("PUT", "/v1/rooms/x/members/a%20b") == "400 null");
    CHECK(ask("PUT", "/v1/rooms/a%20b/members/x") == "400 null");
    CHECK(ask("PUT", "/v1/rooms/a%20b") == "400 null");
    CHECK(ask("DELETE", "/v1/rooms/a%20b") == "400 null");
    CHECK(ask("DELETE", "/v1/users/a%20b/connections") == "400 null");
    CHECK(ask("DELETE", "/v1/rooms/9999") == R"(200 {"members":2})");
    CHECK(ask("DELETE", "/v1/rooms/9999") == "404 null");
    CHECK(ask("DELETE", "/v1/users/1001/connections") == R"(200 {"connections":0})");
    CHECK(c.ask(f.request("GET", "/v1/sessions", "1001")).body.find("9999") == std::string::npos);
}
