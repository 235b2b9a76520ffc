#include "dialects/gim/codec.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace gim::native;

namespace {

std::string problem_of(std::string_view json) {
    const auto posted = decode_posted_message(json);
    return posted ? "none" : posted.error().message;
}

std::string batch_problem_of(std::string_view json) {
    const auto posted = decode_posted_batch(json);
    return posted ? "none" : posted.error().message;
}

std::string batch_to(const std::string& targets) {
    return R"({"content":"hi","targets":)" + targets + "}";
}

std::string many_targets(std::size_t count) {
    std::string list = "[";
    for (std::size_t i = 0; i < count; ++i) {
        list += (i > 0 ? "," : "") + (R"({"type":1,"target_id":"r)" + std::to_string(i) + "\"}");
    }
    return list + "]";
}

}  // namespace

TEST_CASE("a message sent over HTTP keeps the rules of op 201") {
    const auto sent = decode_posted_message(R"({"type":2,"target_id":"1002","content":"hi"})");
    REQUIRE(sent.has_value());
    CHECK(sent->message.type == gim::model::session_type::private_chat);
    CHECK(sent->message.target_id == "1002");
    CHECK(sent->message.content == "hi");
    CHECK(sent->message.category == "text");
    CHECK_FALSE(sent->sender);
    CHECK(problem_of("") == "body: not valid JSON");
    CHECK(problem_of(R"("{}")") == "body: must be a JSON object");
    CHECK(problem_of(R"({"type":"2"})") == "type: must be an integer");
    CHECK(problem_of(R"({"type":2,"target_id":"1002"})") == "content: missing");
}

TEST_CASE("a message sent over HTTP may name its sender") {
    const auto with = [](const std::string& sender) {
        return R"({"type":1,"target_id":"r","content":"hi","sender":)" + sender + "}";
    };
    const auto named = decode_posted_message(with(R"({"id":"ada","name":"Ada","more":{}})"));
    REQUIRE(named.has_value());
    REQUIRE(named->sender);
    CHECK(named->sender->id == "ada");
    CHECK(named->sender->name == "Ada");
    CHECK_FALSE(decode_posted_message(with(R"({"id":"ada"})"))->sender->name);
    CHECK_FALSE(decode_posted_message(with("null"))->sender);
    CHECK(problem_of(with("\"ada\"")) == "sender: must be a JSON object");
    CHECK(problem_of(with("{}")) == "sender.id: missing");
    CHECK(problem_of(with(R"({"id":1})")) == "sender.id: must be a string");
    CHECK(problem_of(with(R"({"id":"a:b"})")).starts_with("sender.id: must be 1 to 64"));
    CHECK(problem_of(with(R"({"id":"a","name":""})")).starts_with("sender.name: must be 1 to 64"));
    CHECK(problem_of(with(R"({"id":"a","id":"b"})")) == "id: given twice");
}

TEST_CASE("a batch is one message for many targets") {
    const auto posted =
        decode_posted_batch(R"({"targets":[{"type":1,"target_id":"r"},{"target_id":"u","type":2}],)"
                            R"("category":"note","content":"hi","sender":{"id":"ada"}})");
    REQUIRE(posted.has_value());
    CHECK(posted->message.content == "hi");
    CHECK(posted->message.category == "note");
    REQUIRE(posted->sender);
    CHECK(posted->sender->id == "ada");
    REQUIRE(posted->targets.size() == 2);
    CHECK(posted->targets[0].type == gim::model::session_type::room);
    CHECK(posted->targets[0].target_id == "r");
    CHECK(posted->targets[1].type == gim::model::session_type::private_chat);
    CHECK(posted->targets[1].target_id == "u");
}

TEST_CASE("a batch has 1 to 1000 targets, and a bad one is named by its place") {
    const auto count = "targets: must be an array of 1 to 1000";
    CHECK(batch_problem_of(R"({"content":"hi"})") == "targets: missing");
    CHECK(batch_problem_of(batch_to("[]")) == count);
    CHECK(batch_problem_of(batch_to("{}")) == count);
    CHECK(batch_problem_of(batch_to("\"r\"")) == count);
    CHECK(batch_problem_of(batch_to(many_targets(1000))) == "none");
    CHECK(batch_problem_of(batch_to(many_targets(1001))) == count);
    const std::string good = R"({"type":1,"target_id":"r"})";
    const auto second = [&](const std::string& bad) {
        return batch_problem_of(batch_to("[" + good + "," + bad + "]"));
    };
    CHECK(second("7") == "targets[1]: must be a JSON object");
    CHECK(second("{}") == "targets[1].type: missing");
    CHECK(
        second(R"({"type":3,"target_id":"r"})") ==
        "targets[1].type: must be 1 (room) or 2 (private)"
    );
    CHECK(second(R"({"type":1,"target_id":7})") == "targets[1].target_id: must be a string");
    CHECK(second(R"({"type":1})") == "targets[1].target_id: missing");
}

TEST_CASE("a batch's content keeps the rules of op 201") {
    const std::string one = R"("targets":[{"type":1,"target_id":"r"}])";
    CHECK(batch_problem_of("{" + one + "}") == "content: missing");
    const auto longer = std::string(gim::model::max_content_bytes + 1, 'c');
    const auto refused = decode_posted_batch(R"({"content":")" + longer + "\"," + one + "}");
    REQUIRE(refused.has_error());
    CHECK(refused.error().code == gim::model::status::too_large);
    CHECK(batch_problem_of("[") == "body: not valid JSON");
    CHECK(
        batch_problem_of(R"({"content":"x","sender":7,)" + one + "}") ==
        "sender: must be a JSON object"
    );
}

TEST_CASE("a request_id is an id, and optional") {
    const auto with = [](const std::string& id) {
        return R"({"type":1,"target_id":"r","content":"hi","request_id":)" + id + "}";
    };
    CHECK(decode_posted_message(with(R"("0b5e-1.a@b_C")"))->message.request_id == "0b5e-1.a@b_C");
    CHECK_FALSE(decode_posted_message(with("null"))->message.request_id);
    CHECK(problem_of(with("7")) == "request_id: must be a string");
    CHECK(problem_of(with("\"\"")).starts_with("request_id: must be 1 to 64"));
    CHECK(problem_of(with(R"("a b")")).starts_with("request_id: must be 1 to 64"));
    const std::string one =
        R"({"content":"hi","targets":[{"type":1,"target_id":"r"}],"request_id":)";
    CHECK(decode_posted_batch(one + "\"r1\"}")->message.request_id == "r1");
    CHECK(batch_problem_of(one + "7}") == "request_id: must be a string");
}
