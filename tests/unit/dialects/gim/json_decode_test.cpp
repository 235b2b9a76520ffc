#include "dialects/gim/codec.hpp"
#include "model/request_rules.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>

using namespace gim::model;
using namespace gim::native;

namespace {

inbound_frame decoded(std::string_view text) {
    auto frame = decode_frame(gim::websocket::frame_kind::text, text);
    REQUIRE_MESSAGE(frame.has_value(), text);
    return *std::move(frame);
}

template <class Request>
Request request_in(std::string_view text) {
    const auto frame = decoded(text);
    REQUIRE_MESSAGE(frame.body.has_value(), frame.body.error().message);
    return std::get<Request>(*frame.body);
}

std::string envelope_problem(std::string_view text) {
    const auto frame = decode_frame(gim::websocket::frame_kind::text, text);
    if (frame) {
        return "none";
    }
    CHECK(frame.error().code == status::bad_request);
    return frame.error().message;
}

// The problem of a body, which must be the same whether it is an object or JSON text in a string.
std::string body_problem(int op, const std::string& object, status code = status::bad_request) {
    CAPTURE(object);
    const auto head = "{\"op\":" + std::to_string(op) + ",\"seq\":4,\"body\":";
    const auto plain = decoded(head + object + "}");
    std::string escaped;
    for (const char c : object) {
        escaped += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    }
    const auto text = decoded(head + '"' + escaped + "\"}");
    CHECK(plain.seq == 4);
    CHECK(plain.form == wire_form::json_object);
    CHECK(text.form == wire_form::json_text);
    CHECK(plain.body.has_value() == text.body.has_value());
    if (plain.body || text.body) {
        return "none";
    }
    CHECK(text.body.error().message == plain.body.error().message);
    CHECK(text.body.error().code == code);
    CHECK(plain.body.error().code == code);
    return plain.body.error().message;
}

}  // namespace

TEST_CASE("the published examples are understood as they stand") {
    const auto login = request_in<login_request>(R"({"op":101,"body":"{\"id\":\"1001\"}"})");
    CHECK(login.id == "1001");
    CHECK_FALSE(login.name);
    CHECK_FALSE(login.token);
    request_in<heartbeat_request>(R"({"op":105})");
    const auto to_user = request_in<send_request>(
        R"({"op":201,"body":"{\"content\":\"test\",\"type\":2,\"category\":\"text\",\"target_id\":\"1002\"}"})"
    );
    CHECK(to_user.type == session_type::private_chat);
    CHECK(to_user.target_id == "1002");
    CHECK(to_user.category == "text");
    CHECK(to_user.content == "test");
    CHECK(request_in<join_request>(R"({"op":301,"body":"{\"id\":\"9999\"}"})").room == "9999");
    const auto to_room = request_in<send_request>(
        R"({"op":201,"body":"{\"content\":\"test\",\"type\":1,\"category\":\"text\",\"target_id\":\"9999\"}"})"
    );
    CHECK(to_room.type == session_type::room);
    CHECK(to_room.target_id == "9999");
    const auto sessions = request_in<sessions_request>(R"({"op":205})");
    CHECK_FALSE(sessions.after);
    CHECK(sessions.limit == default_page);
    const auto history =
        request_in<history_request>(R"({"op":203,"body":"{\"session_id\":\"1:9999\"}"})");
    CHECK(history.session == session_id::room("9999"));
    CHECK_FALSE(history.query.before);
    CHECK(history.query.limit == default_page);
}

TEST_CASE("every op is read from a plain object, unknown fields aside") {
    const auto login =
        request_in<login_request>(R"({"op":101,"body":{"id":"a","name":"\u00c4nn","x":[{}]},"y":0})"
        );
    CHECK(login.id == "a");
    CHECK(login.name == "\xc3\x84nn");
    request_in<logout_request>(R"({"op":103,"body":{}})");
    request_in<heartbeat_request>(R"({"op":105,"body":{}})");
    CHECK(
        request_in<send_request>(R"({"op":201,"body":{"type":1,"target_id":"r","content":""}})")
            .category == "text"
    );
    const auto history = request_in<history_request>(
        R"({"op":203,"body":{"session_id":"2:b:a","before":9007199254740991,"after":0,"from":1,"to":2,"limit":300}})"
    );
    CHECK(history.session.text() == "2:a:b");
    CHECK(history.query.before == max_json_integer);
    CHECK(history.query.after == 0);
    CHECK(history.query.from == 1);
    CHECK(history.query.to == 2);
    CHECK(history.query.limit == 300);
    const auto sessions =
        request_in<sessions_request>(R"({"op":205,"body":{"after":"2:b:a","limit":1}})");
    CHECK(std::get<session_id>(*sessions.after) == session_id::between("a", "b"));
    CHECK(sessions.limit == 1);
    const auto next = request_in<sessions_request>(R"({"op":205,"body":{"after":"5~2:b:a"}})");
    const auto cursor = session_cursor{5, session_id::between("a", "b")};
    CHECK(std::get<session_cursor>(*next.after) == cursor);
    CHECK(request_in<join_request>(R"({"op":301,"body":{"id":"r"}})").room == "r");
    CHECK(request_in<leave_request>(R"({"op":303,"body":{"id":"r"}})").room == "r");
    const auto members =
        request_in<members_request>(R"({"op":305,"body":{"id":"r","after":"u","limit":2}})");
    CHECK(members.room == "r");
    CHECK(members.after == "u");
    CHECK(members.limit == 2);
}

TEST_CASE("the form and the number of a frame are kept") {
    CHECK_FALSE(decoded(R"({"op":105})").form);
    CHECK_FALSE(decoded(R"({"op":105,"body":null})").form);
    CHECK(decoded(R"({"op":105,"body":""})").form == wire_form::json_text);
    CHECK(decoded(R"({"op":105,"body":"{}"})").form == wire_form::json_text);
    CHECK(decoded(R"({"op":105,"body":{}})").form == wire_form::json_object);
    CHECK(decoded(R"({"op":105})").seq == 0);
    CHECK(decoded(R"({"op":105,"seq":null})").seq == 0);
    CHECK(decoded(R"({"op":105,"seq":0})").seq == 0);
    CHECK(decoded(R"({"seq":9007199254740991,"op":105})").seq == max_json_integer);
    CHECK(decoded(R"({"op":105,"seq":3})").op == 105);
}

TEST_CASE("no body, null, an empty string and {} are all a body without fields") {
    for (const char* body :
         {"", R"(,"body":null)", R"(,"body":"")", R"(,"body":"{}")", R"(,"body":{})"}) {
        CAPTURE(body);
        request_in<sessions_request>(std::string(R"({"op":205)") + body + "}");
        const auto join = decoded(std::string(R"({"op":301)") + body + "}");
        REQUIRE_FALSE(join.body.has_value());
        CHECK(join.body.error().message == "id: missing");
    }
}

TEST_CASE("an envelope at fault is an error of the frame") {
    CHECK(envelope_problem("x") == "frame: not valid JSON");
    CHECK(envelope_problem("[]") == "frame: must be a JSON object");
    CHECK(envelope_problem("{}") == "op: missing");
    CHECK(envelope_problem(R"({"op":null})") == "op: missing");
    for (const char* op : {"\"105\"", "1e-3", "1.5", "true", "{}", "[105]"}) {
        CAPTURE(op);
        CHECK(envelope_problem(std::string("{\"op\":") + op + "}") == "op: must be an integer");
        CHECK(
            envelope_problem(std::string("{\"op\":105,\"seq\":") + op + "}") ==
            "seq: must be an integer"
        );
    }
    for (const char* op : {"0", "-1", "2147483647", "4294967401", "18446744073709551615"}) {
        CAPTURE(op);
        CHECK(
            envelope_problem(std::string("{\"op\":") + op + "}") == "op: must be 1 to 2147483646"
        );
    }
    for (const char* seq :
         {"-1", "9007199254740992", "9223372036854775808", "18446744073709551615"}) {
        CAPTURE(seq);
        CHECK(
            envelope_problem(std::string("{\"op\":105,\"seq\":") + seq + "}") ==
            "seq: must be 0 to 9007199254740991"
        );
    }
    CHECK(envelope_problem(R"({"op":105,"op":105})") == "op: given twice");
    CHECK(envelope_problem(R"({"op":101,"x":{"id":"a","id":"a"}})") == "id: given twice");
    CHECK(envelope_problem(R"({"op":101,"x":"\ud800","body":{}})") == "frame: not valid JSON");
    CHECK(envelope_problem(R"({"op":101,"body":{},"body":{}})") == "body: given twice");
    CHECK(envelope_problem(R"({"op":101,"op":101,"body":"\ud800"})") == "frame: not valid JSON");
    CHECK(envelope_problem(R"({"op":101,"body":{"id":})") == "frame: not valid JSON");
    CHECK(envelope_problem(R"({"seq":1,"body":"\ud800"})") == "frame: not valid JSON");
}

TEST_CASE("what is wrong inside a body only is answered with the frame's op and seq") {
    struct row {
        std::string body;
        const char* problem;
        std::optional<wire_form> form = wire_form::json_object;
    };
    for (const auto& [body, problem, form] :
         {row{R"({"id":"\ud800"})", "body: not valid JSON"},
          row{R"({"id":"a","content":"\udc00x"})", "body: not valid JSON"},
          row{R"({"id":"a","id":"b"})", "id: given twice"},
          row{R"({"x":{"id":"a","id":"b"}})", "id: given twice"},
          row{R"({"id":1e999})", "body: a number is malformed or too large"},
          row{"{\"x\":" + std::string(100, '[') + std::string(100, ']') + "}",
              "body: nested deeper than 16"},
          row{R"("{\"id\":\"\ud800\"}")", "body: not valid JSON", wire_form::json_text},
          row{R"("\ud800")", "body: not valid JSON", wire_form::json_text},
          row{R"(["\ud800"])", "body: must be a JSON object, plain or as a string", std::nullopt},
          row{std::string(500, '[') + std::string(500, ']'),
              "body: must be a JSON object, plain or as a string",
              std::nullopt}}) {
        CAPTURE(body);
        const auto frame = decoded("{ \"body\" : " + body + R"(, "op":201,"seq":7,"x":[]})");
        CHECK(frame.op == 201);
        CHECK(frame.seq == 7);
        CHECK(frame.form == form);
        REQUIRE(frame.body.has_error());
        CHECK(frame.body.error().code == status::bad_request);
        CHECK(frame.body.error().message == problem);
        const auto unknown = decoded("{\"op\":999,\"seq\":7,\"body\":" + body + "}");
        CHECK(unknown.body.error().message == "op: unknown");
    }
}

TEST_CASE("a whole number is an integer, however it is written") {
    const auto frame = decoded(R"({"op":105.0,"seq":7e0})");
    CHECK(frame.op == 105);
    CHECK(frame.seq == 7);
    for (const char* limit : {"50", "50.0", "50.000", "5e1", "5.0E+1", "500e-1"}) {
        CAPTURE(limit);
        CHECK(
            request_in<sessions_request>(
                std::string(R"({"op":205,"body":{"limit":)") + limit + "}}"
            )
                .limit == 50
        );
    }
    CHECK(body_problem(205, R"({"limit":301.0})") == "limit: must be 1 to 300");
    CHECK(body_problem(205, R"({"limit":-0.0})") == "limit: must be 1 to 300");
    CHECK(body_problem(203, R"({"session_id":"1:a","after":9007199254740991.0})") == "none");
    // Its last digit may be lost.
    CHECK(
        body_problem(203, R"({"session_id":"1:a","after":9007199254740992.0})") ==
        "after: must be an integer"
    );
    CHECK(
        body_problem(203, R"({"session_id":"1:a","after":1e300})") == "after: must be an integer"
    );
}

TEST_CASE("an empty place to continue counts as absent") {
    CHECK_FALSE(request_in<sessions_request>(R"({"op":205,"body":{"after":""}})").after);
    CHECK_FALSE(request_in<members_request>(R"({"op":305,"body":{"id":"r","after":""}})").after);
}

TEST_CASE("an op that no client may use is unknown, whatever its body is") {
    for (const char* op : {"1", "100", "102", "106", "207", "309", "2147483646"}) {
        CAPTURE(op);
        const auto frame = decoded(std::string(R"({"op":)") + op + R"(,"seq":7,"body":[]})");
        REQUIRE_FALSE(frame.body.has_value());
        CHECK(frame.seq == 7);
        CHECK(frame.body.error().code == status::not_found);
        CHECK(frame.body.error().message == "op: unknown");
    }
}

TEST_CASE("a body that is no object is an error of the body") {
    const auto problem = [](std::string_view body) {
        const auto frame = decoded(std::string(R"({"op":101,"body":)").append(body).append("}"));
        REQUIRE_FALSE(frame.body.has_value());
        CHECK(frame.body.error().code == status::bad_request);
        return frame.body.error().message;
    };
    for (const char* other : {"1", "1.5", "true", "false", "[]", R"([{"id":"a"}])"}) {
        CAPTURE(other);
        CHECK(problem(other) == "body: must be a JSON object, plain or as a string");
    }
    for (const char* other : {R"("[]")", R"("1")", R"("null")", R"("\"{}\"")"}) {
        CAPTURE(other);
        CHECK(problem(other) == "body: must be a JSON object");
    }
    for (const char* bad :
         {R"("x")", R"(" ")", R"("{")", R"("{}x")", R"("{}\u0000")", R"("{\"id\":\"\\ud800\"}")"}) {
        CAPTURE(bad);
        CHECK(problem(bad) == "body: not valid JSON");
    }
    CHECK(problem(R"("{\"id\":\"a\",\"id\":\"a\"}")") == "id: given twice");
    CHECK(
        problem(
            "\"" + std::string(40, ' ') + "{\\\"a\\\":" + std::string(16, '[') +
            std::string(16, ']') + "}\""
        ) == "body: nested deeper than 16"
    );
}

TEST_CASE("a field of the wrong type is named") {
    const auto check_all =
        [](int op, const char* field, std::initializer_list<const char*> values, const char* must) {
            for (const char* value : values) {
                CHECK(
                    body_problem(op, std::string("{\"") + field + "\":" + value + "}") ==
                    std::string(field) + must
                );
            }
        };
    const auto not_text = {"1", "1.5", "true", "{}", "[\"a\"]"};
    const auto not_number = {"\"1\"", "1.5", "1e-3", "true", "{}", "[1]"};
    constexpr auto text = ": must be a string";
    constexpr auto number = ": must be an integer";
    check_all(101, "id", not_text, text);
    check_all(101, "name", not_text, text);
    check_all(101, "token", not_text, text);
    check_all(109, "token", not_text, text);
    check_all(201, "type", not_number, number);
    check_all(201, "target_id", not_text, text);
    check_all(201, "category", not_text, text);
    check_all(201, "content", not_text, text);
    check_all(203, "session_id", not_text, text);
    for (const char* field : {"before", "after", "from", "to", "limit"}) {
        check_all(203, field, not_number, number);
    }
    check_all(205, "after", not_text, text);
    check_all(205, "limit", not_number, number);
    check_all(301, "id", not_text, text);
    check_all(303, "id", not_text, text);
    check_all(305, "id", not_text, text);
    check_all(305, "after", not_text, text);
    check_all(305, "limit", not_number, number);
}

TEST_CASE("a login may have a token in place of an id, or neither; a refresh must have one") {
    const auto both = request_in<login_request>(R"({"op":101,"body":{"id":"a","token":"t.t.t"}})");
    CHECK(both.id == "a");
    CHECK(both.token == "t.t.t");
    CHECK(request_in<login_request>(R"({"op":101,"body":{"token":""}})").token == "");
    CHECK(request_in<login_request>(R"({"op":101})").id.empty());
    CHECK(request_in<refresh_request>(R"({"op":109,"body":{"token":"t"}})").token == "t");
}

TEST_CASE("a missing field is named, and null is missing") {
    CHECK(body_problem(109, "{}") == "token: missing");
    for (const int op : {301, 303, 305}) {
        CHECK(body_problem(op, "{}") == "id: missing");
        CHECK(body_problem(op, R"({"id":null})") == "id: missing");
    }
    CHECK(body_problem(201, R"({"target_id":"a","content":"b"})") == "type: missing");
    CHECK(body_problem(201, R"({"type":1,"content":"b"})") == "target_id: missing");
    CHECK(body_problem(201, R"({"type":1,"target_id":"a"})") == "content: missing");
    CHECK(body_problem(203, "{}") == "session_id: missing");
    CHECK(body_problem(101, R"({"id":"a","name":null})") == "none");
}

TEST_CASE("a value out of its range is named") {
    const std::string bad_id = ": must be 1 to 64 of A-Z a-z 0-9 _ - . @";
    for (const std::string& id :
         {std::string(), std::string("a:b"), std::string("a b"), std::string(65, 'a')}) {
        for (const int op : {101, 301, 303, 305}) {
            CHECK(body_problem(op, "{\"id\":\"" + id + "\"}") == "id" + bad_id);
        }
        CHECK(
            body_problem(201, "{\"type\":1,\"content\":\"\",\"target_id\":\"" + id + "\"}") ==
            "target_id" + bad_id
        );
        CHECK(
            body_problem(305, "{\"id\":\"r\",\"after\":\"" + id + "\"}") ==
            (id.empty() ? "none" : "after" + bad_id)
        );
    }
    const auto bad_name = "name: must be 1 to 64 bytes without control characters";
    for (const std::string& name :
         {std::string(),
          std::string(65, 'n'),
          std::string("\\u0000"),
          std::string("a\\nb"),
          std::string("\x7f"),
          std::string("\xc2\x85")}) {
        CHECK(body_problem(101, "{\"id\":\"a\",\"name\":\"" + name + "\"}") == bad_name);
    }
    CHECK(
        body_problem(
            101, "{\"id\":\"a\",\"name\":\"\xc2\xa0\xc3\x84 " + std::string(59, 'n') + "\"}"
        ) == "none"
    );
    for (const char* type : {"0", "3", "-1", "4294967297", "18446744073709551615"}) {
        CHECK(
            body_problem(
                201, std::string(R"({"target_id":"a","content":"","type":)") + type + "}"
            ) == "type: must be 1 (room) or 2 (private)"
        );
    }
    for (const char* field : {"before", "after", "from", "to"}) {
        for (const char* value :
             {"-1", "9007199254740992", "9223372036854775808", "18446744073709551615"}) {
            CHECK(
                body_problem(
                    203, std::string(R"({"session_id":"1:r",")") + field + "\":" + value + "}"
                ) == std::string(field) + ": must be 0 to 9007199254740991"
            );
        }
    }
    for (const char* limit : {"0", "301", "-1", "4294967297", "18446744073709551615"}) {
        for (const char* start :
             {R"(203,{"session_id":"1:r")", R"(205,{"x":0)", R"(305,{"id":"r")"}) {
            const std::string body(start);
            CHECK(
                body_problem(
                    std::stoi(body.substr(0, 3)), body.substr(4) + ",\"limit\":" + limit + "}"
                ) == "limit: must be 1 to 300"
            );
        }
    }
    for (const char* session : {"", "9999", "1:", "2:a", "3:a", "1:a:b"}) {
        CHECK(
            body_problem(203, std::string(R"({"session_id":")") + session + "\"}") ==
            "session_id: must be 1:<room> or 2:<user>:<user>"
        );
        CHECK(
            body_problem(205, std::string(R"({"after":")") + session + "\"}") ==
            (*session == 0 ? "none"
                           : "after: must be next of the page before, 1:<room> or 2:<user>:<user>")
        );
    }
}

TEST_CASE("category and content have their lengths") {
    const auto send = [](const std::string& category, const std::string& content) {
        return R"({"type":1,"target_id":"r","category":")" + category + R"(","content":")" +
               content + "\"}";
    };
    CHECK(body_problem(201, send(std::string(64, 'c'), "")) == "none");
    CHECK(body_problem(201, send(std::string(65, 'c'), "")) == "category: must be 1 to 64 bytes");
    CHECK(
        request_in<send_request>("{\"op\":201,\"body\":" + send("", "") + "}").category == "text"
    );
    CHECK(body_problem(201, send("", std::string(max_content_bytes, 'c'))) == "none");
    CHECK(
        body_problem(201, send("", std::string(max_content_bytes + 1, 'c')), status::too_large) ==
        "content: longer than 32768 bytes"
    );
}
