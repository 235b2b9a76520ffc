#include "dialects/gim/codec.hpp"

#include <doctest/doctest.h>

#include <gim.pb.h>
#include <memory>
#include <string>

using namespace gim::native;
namespace v1 = gim::v1;

namespace {

gim::model::message_ptr some_message() {
    return std::make_shared<const gim::model::message>(gim::model::message{
        .id = "m1",
        .sender = {"1001", "Ann"},
        .category = "text",
        .content = "a\n\xf0\x9f\x98\x80",
        .sequence = 7,
        .created_at = 1700000000123,
        .status = 0});
}

void check_item(const v1::Item& item) {
    CHECK(item.id() == "m1");
    CHECK(item.sender().id() == "1001");
    CHECK(item.sender().name() == "Ann");
    CHECK(item.category() == "text");
    CHECK(item.content() == "a\n\xf0\x9f\x98\x80");
    CHECK(item.status() == 0);
    CHECK(item.created_at() == 1700000000123);
}

v1::Reply encoded(const gim::model::result<gim::model::reply>& answer) {
    std::string out = "kept";
    encode_reply(wire_form::protobuf, 102, 9, answer, out);
    REQUIRE(out.starts_with("kept"));
    v1::Frame frame;
    REQUIRE(frame.ParseFromString(out.substr(4)));
    CHECK(frame.op() == 102);
    CHECK(frame.seq() == 9);
    v1::Reply body;
    REQUIRE(body.ParseFromString(frame.body()));
    return body;
}

template <class Message>
Message data_in(const gim::model::reply& answer) {
    const auto body = encoded(answer);
    CHECK(body.code() == 0);
    CHECK(body.msg().empty());
    Message data;
    REQUIRE(data.ParseFromString(body.data()));
    return data;
}

}  // namespace

TEST_CASE("every reply of a frame has its protobuf message") {
    const auto room = gim::model::session_id::room("r");
    const auto login = data_in<v1::LoginReply>(gim::model::login_reply{"t", {"1001", "Ann"}, 5});
    CHECK(login.token() == "t");
    CHECK(login.user().id() == "1001");
    CHECK(login.user().name() == "Ann");
    CHECK(login.server_time() == 5);
    CHECK_FALSE(login.has_expires_at());
    const auto proven = data_in<v1::LoginReply>(gim::model::login_reply{{}, {"1001", "Ann"}, 5, 9});
    CHECK(proven.token().empty());
    CHECK(proven.expires_at() == 9);
    CHECK(data_in<v1::RefreshReply>(gim::model::refresh_reply{9}).expires_at() == 9);
    CHECK(encoded(gim::model::reply(gim::model::logout_reply{})).data().empty());
    CHECK(encoded(gim::model::reply(gim::model::leave_reply{})).data().empty());
    CHECK(data_in<v1::HeartbeatReply>(gim::model::heartbeat_reply{5}).server_time() == 5);
    const auto sent = data_in<v1::SendReply>(gim::model::send_reply{"m1", room, 7, 5});
    CHECK(sent.id() == "m1");
    CHECK(sent.session_id() == "1:r");
    CHECK(sent.sequence() == 7);
    CHECK(sent.created_at() == 5);
    const auto history =
        data_in<v1::HistoryReply>(gim::model::history_reply{{some_message()}, true, "e1", 9});
    REQUIRE(history.items_size() == 1);
    check_item(history.items(0));
    CHECK(history.items(0).sequence() == 7);
    CHECK(history.has_more());
    CHECK(history.epoch() == "e1");
    CHECK(history.top_sequence() == 9);
    const auto sessions = data_in<v1::SessionsReply>(gim::model::sessions_reply{
        {{room, "R", some_message(), 6},
         {gim::model::session_id::between("a", "b"), "B", nullptr, 5}},
        "5~2:a:b"});
    REQUIRE(sessions.items_size() == 2);
    CHECK(sessions.items(0).id() == "1:r");
    CHECK(sessions.items(0).type() == v1::SESSION_TYPE_ROOM);
    CHECK(sessions.items(0).title() == "R");
    CHECK(sessions.items(0).updated_at() == 6);
    check_item(sessions.items(0).last_message());
    CHECK(sessions.items(1).type() == v1::SESSION_TYPE_PRIVATE);
    CHECK_FALSE(sessions.items(1).has_last_message());
    CHECK(sessions.has_more());
    CHECK(sessions.next() == "5~2:a:b");
    const auto no_sessions = data_in<v1::SessionsReply>(gim::model::sessions_reply{});
    CHECK_FALSE(no_sessions.has_more());
    CHECK_FALSE(no_sessions.has_next());
    const auto joined = data_in<v1::JoinReply>(gim::model::join_reply{room, "R", 3});
    CHECK(joined.id() == "r");
    CHECK(joined.session_id() == "1:r");
    CHECK(joined.title() == "R");
    CHECK(joined.members() == 3);
    const auto members = data_in<v1::MembersReply>(gim::model::members_reply{
        {{"a", "A", true}, {"b", "B", false}}, 5, "b"});
    REQUIRE(members.items_size() == 2);
    CHECK(members.items(0).id() == "a");
    CHECK(members.items(0).name() == "A");
    CHECK(members.items(0).online());
    CHECK_FALSE(members.items(1).online());
    CHECK(members.total() == 5);
    CHECK(members.has_more());
    CHECK(members.next() == "b");
    const auto no_members = data_in<v1::MembersReply>(gim::model::members_reply{});
    CHECK_FALSE(no_members.has_more());
    CHECK_FALSE(no_members.has_next());
}

TEST_CASE("a failure has a code, a message and no data in protobuf") {
    const auto body = encoded(gim::model::bad_request("id: missing"));
    CHECK(body.code() == 400);
    CHECK(body.msg() == "id: missing");
    CHECK(body.data().empty());
}

TEST_CASE("a packet's items have a sequence in protobuf only if it is shown") {
    for (const auto show : {gim::model::sequences::shown, gim::model::sequences::left_out}) {
        const gim::model::packet p{
            .session = gim::model::session_id::room("r"),
            .title = "R",
            .items = {some_message(), some_message()},
            .skipped = 97,
            .show = show};
        std::string out;
        encode_packet(wire_form::protobuf, p, out);
        v1::Frame frame;
        REQUIRE(frame.ParseFromString(out));
        CHECK(frame.op() == 207);
        CHECK(frame.seq() == 0);
        v1::Packet read;
        REQUIRE(read.ParseFromString(frame.body()));
        CHECK(read.session().id() == "1:r");
        CHECK(read.session().title() == "R");
        CHECK(read.skipped() == 97);
        REQUIRE(read.items_size() == 2);
        check_item(read.items(1));
        CHECK(read.items(1).has_sequence() == (show == gim::model::sequences::shown));
        CHECK(read.items(1).sequence() == (show == gim::model::sequences::shown ? 7 : 0));
    }
}

TEST_CASE("a notice in protobuf") {
    std::string out;
    encode_notice(wire_form::protobuf, {"drain", 1500}, out);
    v1::Frame frame;
    REQUIRE(frame.ParseFromString(out));
    CHECK(frame.op() == 107);
    CHECK(frame.seq() == 0);
    v1::Notice read;
    REQUIRE(read.ParseFromString(frame.body()));
    CHECK(read.reason() == "drain");
    CHECK(read.retry_after_ms() == 1500);
}
