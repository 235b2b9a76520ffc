#include "dialects/gim/codec.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>

using namespace gim::native;

namespace {

gim::model::message_ptr some_message() {
    return std::make_shared<const gim::model::message>(gim::model::message{
        .id = "m1",
        .sender = {"1001", "Ann \"A\""},
        .category = "text",
        .content = "a\\b\n\xf0\x9f\x98\x80",
        .sequence = 7,
        .created_at = 1700000000123,
        .status = 0});
}

const std::string item_text =
    R"({"id":"m1","sender":{"id":"1001","name":"Ann \"A\""},"category":"text","content":"a\\b\n)"
    "\xf0\x9f\x98\x80"
    R"(","sequence":7,"status":0,"created_at":1700000000123})";

// Checks the answer's text, and that both forms of the frame carry it.
void check_data(const gim::model::reply& data, const std::string& expected) {
    const auto body = R"({"code":0,"msg":"","data":)" + expected + "}";
    std::string answer = "kept";
    encode_json_answer(data, answer);
    CHECK(answer == "kept" + body);
    std::string object;
    encode_reply(wire_form::json_object, 102, 9, data, object);
    CHECK(object == R"({"op":102,"seq":9,"body":)" + body + "}");
    std::string text;
    encode_reply(wire_form::json_text, 102, 9, data, text);
    const auto parsed = nlohmann::json::parse(text);
    CHECK(parsed.size() == 3);
    CHECK(parsed["op"] == 102);
    CHECK(parsed["seq"] == 9);
    CHECK(parsed["body"] == body);
}

}  // namespace

TEST_CASE("every reply has its exact text") {
    const auto room = gim::model::session_id::room("r");
    check_data(
        gim::model::login_reply{"t", {"1001", "Ann"}, 5},
        R"({"token":"t","user":{"id":"1001","name":"Ann"},"server_time":5})"
    );
    check_data(
        gim::model::login_reply{{}, {"1001", "Ann"}, 5, 9},
        R"({"user":{"id":"1001","name":"Ann"},"server_time":5,"expires_at":9})"
    );
    check_data(gim::model::refresh_reply{9}, R"({"expires_at":9})");
    check_data(gim::model::logout_reply{}, "{}");
    check_data(gim::model::heartbeat_reply{5}, R"({"server_time":5})");
    check_data(
        gim::model::send_reply{"m1", gim::model::session_id::between("b", "a"), 7, 5},
        R"({"id":"m1","session_id":"2:a:b","sequence":7,"created_at":5})"
    );
    check_data(
        gim::model::history_reply{{some_message(), some_message()}, true, "e1", 9},
        R"({"items":[)" + item_text + "," + item_text +
            R"(],"has_more":true,"epoch":"e1","top_sequence":9})"
    );
    check_data(
        gim::model::history_reply{{}, false, "e1", 0},
        R"({"items":[],"has_more":false,"epoch":"e1","top_sequence":0})"
    );
    check_data(
        gim::model::sessions_reply{
            {{room, "R", some_message(), 6},
             {gim::model::session_id::between("a", "b"), "B", nullptr, 5}},
            {}},
        R"({"items":[{"id":"1:r","type":1,"title":"R","updated_at":6,"last_message":)" + item_text +
            R"(},{"id":"2:a:b","type":2,"title":"B","updated_at":5}],"has_more":false})"
    );
    check_data(
        gim::model::join_reply{room, "R", 3},
        R"({"id":"r","session_id":"1:r","title":"R","members":3})"
    );
    check_data(gim::model::leave_reply{}, "{}");
    check_data(gim::model::user_reply{"a", "A", true}, R"({"id":"a","name":"A","online":true})");
    check_data(
        gim::model::sessions_reply{{{room, "R", nullptr, 6}}, "6~1:r"},
        R"({"items":[{"id":"1:r","type":1,"title":"R","updated_at":6}],"has_more":true,"next":"6~1:r"})"
    );
    check_data(
        gim::model::members_reply{{{"a", "A", true}}, 1, {}},
        R"({"items":[{"id":"a","name":"A","online":true}],"total":1,"has_more":false})"
    );
    check_data(
        gim::model::members_reply{{{"a", "A", true}, {"b", "B", false}}, 5, "b"},
        R"({"items":[{"id":"a","name":"A","online":true},{"id":"b","name":"B","online":false}],"total":5,"has_more":true,"next":"b"})"
    );
    check_data(
        gim::model::room_reply{"r", room, "R", 3, 2},
        R"({"id":"r","session_id":"1:r","title":"R","members":3,"connections":2})"
    );
    check_data(
        gim::model::rooms_reply{{{"r", room, "R", 3, 2}}, "r"},
        R"({"items":[{"id":"r","session_id":"1:r","title":"R","members":3,"connections":2}],"has_more":true,"next":"r"})"
    );
    check_data(gim::model::rooms_reply{}, R"({"items":[],"has_more":false})");
    check_data(
        gim::model::batch_reply{
            {gim::model::send_reply{"m", room, 7, 5},
             gim::model::not_found("target_id: no such user")}},
        R"({"items":[{"code":0,"msg":"","data":{"id":"m","session_id":"1:r","sequence":7,"created_at":5}},)"
        R"({"code":404,"msg":"target_id: no such user"}],"failed":1})"
    );
    check_data(gim::model::dismiss_reply{3}, R"({"members":3})");
    check_data(gim::model::disconnect_reply{2}, R"({"connections":2})");
    check_data(gim::model::counters_reply{{{"a", 1}, {"b", 0}}}, R"({"counters":{"a":1,"b":0}})");
    check_data(gim::model::counters_reply{}, R"({"counters":{}})");
}

TEST_CASE("a notice has no seq") {
    std::string out = "kept";
    encode_notice(wire_form::json_object, {"drain", 1500}, out);
    CHECK(out == R"(kept{"op":107,"body":{"reason":"drain","retry_after_ms":1500}})");
    out.clear();
    encode_notice(wire_form::json_text, {"drain", 0}, out);
    CHECK(out == R"({"op":107,"body":"{\"reason\":\"drain\",\"retry_after_ms\":0}"})");
}

TEST_CASE("a failure has a code, a message and no data") {
    const gim::model::result<gim::model::reply> failed = gim::model::bad_request("id: \"missing\"");
    std::string out;
    encode_reply(wire_form::json_object, 0, 0, failed, out);
    CHECK(out == R"({"op":0,"seq":0,"body":{"code":400,"msg":"id: \"missing\""}})");
    out.clear();
    encode_reply(wire_form::json_text, 102, 1, failed, out);
    CHECK(out == R"({"op":102,"seq":1,"body":"{\"code\":400,\"msg\":\"id: \\\"missing\\\"\"}"})");
}

TEST_CASE("a packet has no seq, and its items have a sequence only if it is shown") {
    gim::model::packet p{
        .session = gim::model::session_id::room("r"),
        .title = "R",
        .items = {some_message(), some_message()},
        .skipped = 97,
        .show = gim::model::sequences::shown};
    const auto body_of = [](const std::string& item) {
        return R"({"session":{"id":"1:r","title":"R"},"items":[)" + item + "," + item +
               R"(],"skipped":97})";
    };
    std::string out = "kept";
    encode_packet(wire_form::json_object, p, out);
    CHECK(out == R"(kept{"op":207,"body":)" + body_of(item_text) + "}");

    p.show = gim::model::sequences::left_out;
    auto without = item_text;
    without.erase(without.find(R"("sequence":7,)"), 13);
    out.clear();
    encode_packet(wire_form::json_object, p, out);
    CHECK(out == R"({"op":207,"body":)" + body_of(without) + "}");
    out.clear();
    encode_packet(wire_form::json_text, p, out);
    const auto parsed = nlohmann::json::parse(out);
    CHECK(parsed.size() == 2);
    CHECK(parsed["op"] == 207);
    CHECK(parsed["body"] == body_of(without));
}
