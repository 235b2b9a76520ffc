#include "dialects/gim/codec.hpp"
#include "model/request_rules.hpp"

#include <doctest/doctest.h>

#include <gim.pb.h>
#include <limits>
#include <string>

using namespace gim::native;
namespace v1 = gim::v1;

namespace {

std::string frame_bytes(std::uint32_t op, const std::string& body, std::uint64_t seq = 4) {
    v1::Frame frame;
    frame.set_op(op);
    frame.set_seq(seq);
    frame.set_body(body);
    return frame.SerializeAsString();
}

inbound_frame decoded(const std::string& bytes) {
    auto frame = decode_frame(gim::websocket::frame_kind::binary, bytes);
    REQUIRE(frame.has_value());
    CHECK(frame->form == wire_form::protobuf);
    return *std::move(frame);
}

template <class Request, class Message>
Request request_in(std::uint32_t op, const Message& m) {
    const auto frame = decoded(frame_bytes(op, m.SerializeAsString()));
    CHECK(frame.op == op);
    CHECK(frame.seq == 4);
    REQUIRE_MESSAGE(frame.body.has_value(), frame.body.error().message);
    return std::get<Request>(*frame.body);
}

std::string body_problem(
    std::uint32_t op,
    const std::string& body,
    gim::model::status code = gim::model::status::bad_request
) {
    const auto frame = decoded(frame_bytes(op, body));
    if (frame.body) {
        return "none";
    }
    CHECK(frame.body.error().code == code);
    return frame.body.error().message;
}

std::string envelope_problem(const std::string& bytes) {
    const auto frame = decode_frame(gim::websocket::frame_kind::binary, bytes);
    return frame ? "none" : frame.error().message;
}

v1::SendRequest some_send() {
    v1::SendRequest m;
    m.set_type(v1::SESSION_TYPE_PRIVATE);
    m.set_target_id("1002");
    m.set_content("hi");
    return m;
}

}  // namespace

TEST_CASE("every op is read from protobuf") {
    v1::LoginRequest login;
    login.set_id("a");
    CHECK_FALSE(request_in<gim::model::login_request>(101, login).name);
    login.set_name("Ann");
    CHECK(request_in<gim::model::login_request>(101, login).id == "a");
    CHECK(request_in<gim::model::login_request>(101, login).name == "Ann");
    CHECK_FALSE(request_in<gim::model::login_request>(101, login).token);
    login.set_token("t.t.t");
    CHECK(request_in<gim::model::login_request>(101, login).token == "t.t.t");
    v1::RefreshRequest refresh;
    refresh.set_token("t");
    CHECK(request_in<gim::model::refresh_request>(109, refresh).token == "t");
    request_in<gim::model::logout_request>(103, v1::Frame());
    request_in<gim::model::heartbeat_request>(105, v1::Frame());
    auto send = some_send();
    CHECK(
        request_in<gim::model::send_request>(201, send).type ==
        gim::model::session_type::private_chat
    );
    CHECK(request_in<gim::model::send_request>(201, send).target_id == "1002");
    CHECK(request_in<gim::model::send_request>(201, send).category == "text");
    send.set_category("picture");
    send.set_content("");
    CHECK(request_in<gim::model::send_request>(201, send).category == "picture");
    CHECK(request_in<gim::model::send_request>(201, send).content.empty());
    v1::HistoryRequest history;
    history.set_session_id("2:b:a");
    CHECK_FALSE(request_in<gim::model::history_request>(203, history).query.after);
    CHECK(
        request_in<gim::model::history_request>(203, history).query.limit ==
        gim::model::default_page
    );
    history.set_before(gim::model::max_json_integer);
    history.set_after(0);
    history.set_from(1);
    history.set_to(2);
    history.set_limit(300);
    const auto page = request_in<gim::model::history_request>(203, history);
    CHECK(page.session.text() == "2:a:b");
    CHECK(page.query.before == gim::model::max_json_integer);
    CHECK(page.query.after == 0);
    CHECK(page.query.from == 1);
    CHECK(page.query.to == 2);
    CHECK(page.query.limit == 300);
    v1::SessionsRequest sessions;
    CHECK_FALSE(request_in<gim::model::sessions_request>(205, sessions).after);
    sessions.set_after("1:r");
    sessions.set_limit(1);
    CHECK(
        std::get<gim::model::session_id>(
            *request_in<gim::model::sessions_request>(205, sessions).after
        )
            .text() == "1:r"
    );
    CHECK(request_in<gim::model::sessions_request>(205, sessions).limit == 1);
    sessions.set_after("5~1:r");
    const auto cursor = gim::model::session_cursor{5, gim::model::session_id::room("r")};
    CHECK(
        std::get<gim::model::session_cursor>(
            *request_in<gim::model::sessions_request>(205, sessions).after
        ) == cursor
    );
    v1::JoinRequest join;
    join.set_id("r");
    CHECK(request_in<gim::model::join_request>(301, join).room == "r");
    v1::LeaveRequest leave;
    leave.set_id("r");
    CHECK(request_in<gim::model::leave_request>(303, leave).room == "r");
    v1::MembersRequest members;
    members.set_id("r");
    members.set_after("u");
    members.set_limit(2);
    CHECK(request_in<gim::model::members_request>(305, members).room == "r");
    CHECK(request_in<gim::model::members_request>(305, members).after == "u");
    CHECK(request_in<gim::model::members_request>(305, members).limit == 2);
}

TEST_CASE("the rules and their words are those of JSON") {
    CHECK(body_problem(101, "\x0a\x01:") == "id: must be 1 to 64 of A-Z a-z 0-9 _ - . @");
    CHECK(body_problem(109, "") == "token: missing");
    for (const std::uint32_t op : {301u, 303u, 305u}) {
        CHECK(body_problem(op, "") == "id: missing");
        CHECK(body_problem(op, "\x0a\x01:") == "id: must be 1 to 64 of A-Z a-z 0-9 _ - . @");
    }
    v1::LoginRequest login;
    login.set_id("a");
    login.set_name("");
    CHECK(
        body_problem(101, login.SerializeAsString()) ==
        "name: must be 1 to 64 bytes without control characters"
    );
    auto send = some_send();
    send.clear_content();
    CHECK(body_problem(201, send.SerializeAsString()) == "content: missing");
    send.set_content(std::string(gim::model::max_content_bytes, 'c'));
    CHECK(body_problem(201, send.SerializeAsString()) == "none");
    send.set_content(std::string(gim::model::max_content_bytes + 1, 'c'));
    CHECK(
        body_problem(201, send.SerializeAsString(), gim::model::status::too_large) ==
        "content: longer than 32768 bytes"
    );
    send = some_send();
    send.set_category(std::string(65, 'c'));
    CHECK(body_problem(201, send.SerializeAsString()) == "category: must be 1 to 64 bytes");
    send = some_send();
    send.clear_target_id();
    CHECK(body_problem(201, send.SerializeAsString()) == "target_id: missing");
    send = some_send();
    send.clear_type();
    CHECK(body_problem(201, send.SerializeAsString()) == "type: missing");
    send.set_type(static_cast<v1::SessionType>(3));
    CHECK(body_problem(201, send.SerializeAsString()) == "type: must be 1 (room) or 2 (private)");
    CHECK(body_problem(203, "") == "session_id: missing");
    v1::HistoryRequest history;
    history.set_session_id("1:r");
    history.set_before(std::numeric_limits<std::uint64_t>::max());
    CHECK(
        body_problem(203, history.SerializeAsString()) == "before: must be 0 to 9007199254740991"
    );
    history.set_before(1);
    history.set_from(-1);
    CHECK(body_problem(203, history.SerializeAsString()) == "from: must be 0 to 9007199254740991");
    history.clear_from();
    for (const int limit : {0, -1, 301}) {
        history.set_limit(limit);
        CHECK(body_problem(203, history.SerializeAsString()) == "limit: must be 1 to 300");
    }
    v1::SessionsRequest sessions;
    sessions.set_after("r");
    CHECK(
        body_problem(205, sessions.SerializeAsString()) ==
        "after: must be next of the page before, 1:<room> or 2:<user>:<user>"
    );
    sessions.set_after("");
    CHECK(body_problem(205, sessions.SerializeAsString()) == "none");
    v1::MembersRequest members;
    members.set_id("r");
    members.set_after("");
    CHECK(body_problem(305, members.SerializeAsString()) == "none");
}

TEST_CASE("the numbers of a protobuf frame are bounded as in JSON") {
    CHECK(envelope_problem("") == "op: missing");
    CHECK(envelope_problem(frame_bytes(2147483647, "")) == "op: must be 1 to 2147483646");
    CHECK(envelope_problem(frame_bytes(105, "", gim::model::max_json_integer)) == "none");
    CHECK(
        envelope_problem(frame_bytes(105, "", gim::model::max_json_integer + 1)) ==
        "seq: must be 0 to 9007199254740991"
    );
    CHECK(
        envelope_problem(frame_bytes(105, "", std::numeric_limits<std::uint64_t>::max())) ==
        "seq: must be 0 to 9007199254740991"
    );
    for (const std::uint32_t op : {1u, 102u, 207u, 2147483646u}) {
        CHECK(body_problem(op, "garbage", gim::model::status::not_found) == "op: unknown");
    }
}

TEST_CASE("strings must be valid UTF-8") {
    for (const char* bad : {"\x80", "\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\x80"}) {
        const std::string text(bad);
        const auto field = static_cast<char>(text.size()) + text;
        CHECK(
            body_problem(201, "\x08\x01\x12\x01r\x22" + field) ==
            "body: not a valid message of this op"
        );
        CHECK(body_problem(101, "\x0a\x01r\x12" + field) == "body: not a valid message of this op");
    }
    CHECK(body_problem(201, "\x08\x01\x12\x01r\x22\x02\xc3\xa9") == "none");
}

TEST_CASE("no bytes do harm: cut, garbage, deep, and 64 kB of nothing") {
    const auto whole = frame_bytes(201, some_send().SerializeAsString());
    for (std::size_t cut = 0; cut < whole.size(); ++cut) {
        const auto frame = decode_frame(gim::websocket::frame_kind::binary, whole.substr(0, cut));
        CHECK((!frame || !frame->body));
    }
    CHECK(envelope_problem("garbage") == "frame: not a valid protobuf Frame");
    CHECK(envelope_problem(R"({"op":105})") == "frame: not a valid protobuf Frame");
    CHECK(envelope_problem(std::string(16, '\xff')) == "frame: not a valid protobuf Frame");
    CHECK(
        envelope_problem("\x1a\xff\xff\xff\xff\x07") == "frame: not a valid protobuf Frame"
    );  // a body of 2 GiB
    CHECK(
        envelope_problem(std::string(65536, '\x7b')) == "frame: not a valid protobuf Frame"
    );  // groups in groups
    CHECK(body_problem(101, std::string(65536, '\x7b')) == "body: not a valid message of this op");
    std::string nothing;
    while (nothing.size() < 65536) {
        nothing += std::string("\x7a\0", 2);  // empty submessages of a field that does not exist
    }
    CHECK(body_problem(301, nothing) == "id: missing");
    CHECK(envelope_problem(nothing) == "op: missing");
}
