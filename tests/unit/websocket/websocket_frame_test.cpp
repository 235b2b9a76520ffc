#include "websocket/websocket_frame.hpp"

#include "dialects/gim/websocket_frames.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace gim::websocket;
using namespace std::string_view_literals;

namespace {

websocket_frame frame_of(std::size_t payload_bytes) {
    return websocket_frame::seal(
        frame_kind::text,
        std::string(websocket_frame::header_room, '?') + std::string(payload_bytes, 'x')
    );
}

void check_header(std::size_t payload_bytes, std::string_view header) {
    CAPTURE(payload_bytes);
    const auto frame = frame_of(payload_bytes);
    REQUIRE(frame.bytes().size() == header.size() + payload_bytes);
    CHECK(frame.bytes().starts_with(header));
    CHECK(frame.bytes().substr(header.size()) == std::string(payload_bytes, 'x'));
}

}  // namespace

TEST_CASE("the header takes the shortest of the three lengths (RFC 6455, 5.2)") {
    check_header(0, "\x81\x00"sv);
    check_header(1, "\x81\x01"sv);
    check_header(125, "\x81\x7d"sv);
    check_header(126, "\x81\x7e\x00\x7e"sv);
    check_header(65535, "\x81\x7e\xff\xff"sv);
    check_header(65536, "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"sv);
    check_header(0x123456, "\x81\x7f\x00\x00\x00\x00\x00\x12\x34\x56"sv);
}

TEST_CASE("JSON goes in text frames, protobuf in binary frames") {
    const gim::model::result<gim::model::reply> answer =
        gim::model::reply(gim::model::heartbeat_reply{5});
    CHECK(
        gim::native::reply_frame(gim::native::wire_form::json_object, 106, 1, answer).bytes() ==
        "\x81\x46{\"op\":106,\"seq\":1,\"body\":{\"code\":0,\"msg\":\"\",\"data\":{\"server_time\":5}}}"sv
    );
    CHECK(
        gim::native::reply_frame(gim::native::wire_form::json_text, 106, 1, answer)
            .bytes()
            .front() == '\x81'
    );
    CHECK(
        gim::native::reply_frame(gim::native::wire_form::protobuf, 106, 1, answer)
            .bytes()
            .front() == '\x82'
    );
    const gim::model::packet p{
        .session = gim::model::session_id::room("r"),
        .title = "r",
        .items = {},
        .skipped = 0,
        .show = gim::model::sequences::shown};
    for (const auto form : gim::native::all_wire_forms) {
        std::string payload;
        gim::native::encode_packet(form, p, payload);
        CHECK(gim::native::packet_frame(form, p).bytes().substr(2) == payload);
        payload.clear();
        gim::native::encode_notice(form, {"drain", 7}, payload);
        CHECK(gim::native::notice_frame(form, {"drain", 7}).bytes().substr(2) == payload);
    }
}

TEST_CASE("a copy and a moved frame keep their bytes") {
    auto frame = frame_of(3);
    const auto copy = frame;
    const auto moved = std::move(frame);
    CHECK(copy.bytes() == "\x81\x03xxx"sv);
    CHECK(moved.bytes() == "\x81\x03xxx"sv);
}

TEST_CASE("ping and close are control frames") {
    CHECK(websocket_frame::ping().bytes() == "\x89\x00"sv);
    CHECK(websocket_frame::pong("hi").bytes() == "\x8a\x02hi"sv);
    CHECK(websocket_frame::close(1001, "").bytes() == "\x88\x02\x03\xe9"sv);
    CHECK(websocket_frame::close(4004, "no heartbeat").bytes() == "\x88\x0e\x0f\xa4no heartbeat"sv);
    CHECK(websocket_frame::close(1000, std::string(123, 'r')).bytes().substr(0, 2) == "\x88\x7d"sv);
}
