#include "micro/samples.hpp"

#include <gim.pb.h>
#include <memory>

namespace gim::bench {
namespace {

std::string json_body(native::opcode op) {
    switch (op) {
        case native::opcode::login:
            return R"({"id":"user-1234","name":"Somebody"})";
        case native::opcode::send:
            return R"({"type":1,"target_id":"lobby-17","content":")" +
                   std::string(content_bytes, 'x') + R"("})";
        default:
            return R"({"session_id":"1:lobby-17","before":1200,"limit":50})";
    }
}

// As the text of a JSON string. The bodies above hold nothing but quotes to be escaped.
std::string quoted(const std::string& body) {
    std::string text = "\"";
    for (const char c : body) {
        if (c == '"') {
            text += '\\';
        }
        text += c;
    }
    return text + '"';
}

std::string proto_body(native::opcode op) {
    switch (op) {
        case native::opcode::login: {
            v1::LoginRequest login;
            login.set_id("user-1234");
            login.set_name("Somebody");
            return login.SerializeAsString();
        }
        case native::opcode::send: {
            v1::SendRequest send;
            send.set_type(v1::SESSION_TYPE_ROOM);
            send.set_target_id("lobby-17");
            send.set_content(std::string(content_bytes, 'x'));
            return send.SerializeAsString();
        }
        default: {
            v1::HistoryRequest history;
            history.set_session_id("1:lobby-17");
            history.set_before(1200);
            history.set_limit(50);
            return history.SerializeAsString();
        }
    }
}

}  // namespace

model::message_ptr sample_message(std::uint64_t sequence) {
    auto m = std::make_shared<model::message>();
    m->id = "0nTz4kQ9a3F";
    m->sender = {"user-1234", "Somebody"};
    m->category = "text";
    m->content.assign(content_bytes, 'x');
    m->sequence = sequence;
    m->created_at = 1'790'000'000'000;
    return m;
}

model::packet sample_packet(std::size_t items) {
    model::packet p{model::session_id::room("lobby-17"), "lobby-17", {}, 0};
    for (std::size_t i = 0; i < items; ++i) {
        p.items.push_back(sample_message(1234 + i));
    }
    return p;
}

std::string sample_request(native::wire_form form, native::opcode op) {
    constexpr std::uint64_t seq = 77;
    if (form == native::wire_form::protobuf) {
        v1::Frame frame;
        frame.set_op(static_cast<std::uint32_t>(op));
        frame.set_seq(seq);
        frame.set_body(proto_body(op));
        return frame.SerializeAsString();
    }
    const std::string body = json_body(op);
    return R"({"op":)" + std::to_string(static_cast<std::uint32_t>(op)) + R"(,"seq":)" +
           std::to_string(seq) + R"(,"body":)" +
           (form == native::wire_form::json_text ? quoted(body) : body) + '}';
}

}  // namespace gim::bench
