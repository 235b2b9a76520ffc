#include "tools/client/gim_dialect.hpp"

#include "dialects/gim/codec.hpp"
#include "unit/tools/client/events.hpp"
#include "unit/tools/client/server_bytes.hpp"

#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <optional>

using namespace gim;
using namespace gim::client;

namespace {

using native::wire_form;

struct pair_of_forms {
    gim_form client;
    wire_form server;
};

constexpr std::array forms{
    pair_of_forms{gim_form::json_text, wire_form::json_text},
    pair_of_forms{gim_form::json_object, wire_form::json_object},
    pair_of_forms{gim_form::protobuf, wire_form::protobuf}};

std::string framed(wire_form form, const std::string& payload) {
    const bool is_text = native::kind_of(form) == websocket::frame_kind::text;
    return server_frame(is_text ? 0x81 : 0x82, payload);
}

std::string reply(wire_form form, std::uint32_t op, const model::result<model::reply>& answer) {
    std::string payload;
    native::encode_reply(form, op, 0, answer, payload);
    return framed(form, payload);
}

model::login_reply login_answer() {
    return {"header.payload.signature", {"u7", "u7"}, 1'795'247'284'252};
}

model::join_reply join_answer() {
    return {model::session_id::parse("1:r0").value(), "r0", 3};
}

std::string push(wire_form form, std::size_t items, std::uint64_t skipped) {
    model::packet p{model::session_id::parse("1:r0").value(), "r0", {}, skipped};
    for (std::size_t i = 0; i < items; ++i) {
        model::message m;
        m.id = "4U7JJ3nkwlv";
        m.sender = {"u7", "u7"};
        m.category = "text";
        m.content = "~content-" + std::to_string(i);
        m.sequence = i + 1;
        m.created_at = 1'795'247'284'873;
        p.items.push_back(std::make_shared<const model::message>(m));
    }
    std::string payload;
    native::encode_packet(form, p, payload);
    return framed(form, payload);
}

// The requests that a client has sent, as the server would decode them.
std::vector<native::inbound_frame> requests_in(wire_form form, std::string_view sent) {
    std::vector<native::inbound_frame> out;
    while (!sent.empty()) {
        std::size_t length = static_cast<unsigned char>(sent[1]) & 0x7f;
        std::size_t header = 6;
        if (length == 126) {
            length =
                static_cast<unsigned char>(sent[2]) * 256u + static_cast<unsigned char>(sent[3]);
            header = 8;
        }
        auto frame = native::decode_frame(native::kind_of(form), sent.substr(header, length));
        REQUIRE(frame.has_value());
        if (form != wire_form::protobuf) {
            CHECK(frame->form == form);
        }
        out.push_back(*std::move(frame));
        sent.remove_prefix(header + length);
    }
    return out;
}

template <class Request>
Request only_request(wire_form form, const std::string& sent) {
    const auto all = requests_in(form, sent);
    REQUIRE(all.size() == 1);
    REQUIRE(all[0].body.has_value());
    REQUIRE(std::holds_alternative<Request>(*all[0].body));
    return std::get<Request>(*all[0].body);
}

// A client that is logged in and has joined.
struct member {
    explicit member(const pair_of_forms& f) : speaks({7, "r0"}, f.client) {
        feed(upgrade_answer());
        feed(reply(f.server, 102, model::reply(login_answer())));
        feed(reply(f.server, 302, model::reply(join_answer())));
        sent.clear();
    }
    void feed(std::string_view bytes) { speaks.feed(bytes, sent, seen); }

    gim_dialect speaks;
    std::string sent;
    events seen;
};

}  // namespace

TEST_CASE("a client logs in, joins its room, and is ready then") {
    for (const auto& f : forms) {
        gim_dialect speaks({7, "r0"}, f.client);
        std::string sent;
        events seen;
        CHECK(speaks.open().starts_with("GET /ws HTTP/1.1\r\n"));
        speaks.feed(upgrade_answer(), sent, seen);
        CHECK(only_request<model::login_request>(f.server, sent).id == "u7");

        sent.clear();
        speaks.feed(reply(f.server, 102, model::reply(login_answer())), sent, seen);
        CHECK(only_request<model::join_request>(f.server, sent).room == "r0");
        CHECK(speaks.token() == "header.payload.signature");
        CHECK(seen.ready == 0);

        speaks.feed(reply(f.server, 302, model::reply(join_answer())), sent, seen);
        CHECK(seen.ready == 1);
        CHECK(seen.failures.empty());
    }
}

TEST_CASE("a client without a room is ready when it is logged in") {
    for (const auto& f : forms) {
        gim_dialect speaks({7, ""}, f.client);
        std::string sent;
        events seen;
        speaks.feed(upgrade_answer(), sent, seen);
        speaks.feed(reply(f.server, 102, model::reply(login_answer())), sent, seen);
        CHECK(seen.ready == 1);
    }
}

TEST_CASE("messages and questions are what the server expects") {
    for (const auto& f : forms) {
        member m(f);
        m.speaks.send_to_room("r0", "~abc", m.sent);
        const auto to_room = only_request<model::send_request>(f.server, m.sent);
        CHECK(to_room.type == model::session_type::room);
        CHECK(to_room.target_id == "r0");
        CHECK(to_room.content == "~abc");

        m.sent.clear();
        const std::string large(30'000, 'x');
        m.speaks.send_to_user(12, large, m.sent);
        const auto to_user = only_request<model::send_request>(f.server, m.sent);
        CHECK(to_user.type == model::session_type::private_chat);
        CHECK(to_user.target_id == "u12");
        CHECK(to_user.content == large);

        m.sent.clear();
        m.speaks.ask_history("1:r0", 50, m.sent);
        const auto asked = only_request<model::history_request>(f.server, m.sent);
        CHECK(asked.session.text() == "1:r0");
        CHECK(asked.query.limit == 50);
    }
}

TEST_CASE("pushes and answers are told apart in whatever cut they come") {
    for (const auto& f : forms) {
        const model::send_reply sent_well{
            "4U7JJ3nkwlv", model::session_id::parse("1:r0").value(), 1, 1'795'247'284'873};
        const std::string bytes =
            push(f.server, 2, 0) + reply(f.server, 202, model::reply(sent_well)) +
            push(f.server, 1, 12'345'678'901'234) +
            reply(
                f.server,
                202,
                model::error{model::status::forbidden, "target_id: you are not a member"}
            ) +
            reply(f.server, 204, model::reply(model::history_reply{{}, false, "e", 0}));
        for (const auto& cut : all_cuts(bytes)) {
            member m(f);
            for (const std::string_view piece : cut) {
                m.feed(piece);
            }
            REQUIRE(m.seen.failures.empty());
            REQUIRE(m.seen.packets.size() == 2);
            REQUIRE(m.seen.packets[0].find("~content-0") != std::string::npos);
            REQUIRE(m.seen.packets[0].find("~content-1") != std::string::npos);
            REQUIRE(m.seen.skipped == 12'345'678'901'234);
            REQUIRE(m.seen.answers == std::vector<bool>{true, false, true});
        }
    }
}

TEST_CASE("a notice of a close to come is nothing yet") {
    for (const auto& f : forms) {
        std::string payload;
        native::encode_notice(f.server, {"drain", 1500}, payload);
        member m(f);
        m.feed(framed(f.server, payload) + push(f.server, 1, 0));
        CHECK(m.seen.failures.empty());
        CHECK(m.seen.answers.empty());
        CHECK(m.seen.packets.size() == 1);
    }
}

TEST_CASE("a refused login or join is told with its code") {
    for (const auto& f : forms) {
        gim_dialect speaks({7, "r0"}, f.client);
        std::string sent;
        events seen;
        speaks.feed(upgrade_answer(), sent, seen);
        speaks.feed(
            reply(f.server, 102, model::error{model::status::conflict, "id: no"}), sent, seen
        );
        CHECK(seen.failures == std::vector<std::string>{"op 102 with code 409"});
        CHECK(seen.ready == 0);
    }
}

TEST_CASE("what is no frame of gim's is told") {
    for (const auto& f : forms) {
        for (const std::string bytes : {"", "hello", "{\"op\":}", "{\"op\":207,\"body\":{}}"}) {
            member m(f);
            m.feed(framed(f.server, f.client == gim_form::protobuf ? "\x0a" + bytes : bytes));
            CAPTURE(bytes);
            CHECK(m.seen.packets.empty());
            CHECK(m.seen.answers.empty());
            if (f.client != gim_form::protobuf || !bytes.empty()) {
                CHECK_FALSE(m.seen.failures.empty());
            }
        }
    }
}
