#include "tools/client/gim_dialect.hpp"

#include "dialects/gim/opcodes.hpp"

namespace gim::client {

namespace {

using native::opcode;

constexpr std::uint32_t reply_to(opcode op) noexcept {
    return static_cast<std::uint32_t>(op) + 1;
}

std::string user_id(std::size_t user) {
    return 'u' + std::to_string(user);
}

}  // namespace

gim_dialect::gim_dialect(const identity& who, gim_form form)
    : websocket_dialect("/ws"), codec_(codec_of(form)), who_(who) {}

void gim_dialect::append(std::string& out) const {
    append_client_frame(codec_.kind(), request_, out);
}

void gim_dialect::send_to_room(std::string_view room, std::string_view content, std::string& out) {
    request_.clear();
    codec_.send(1, room, content, request_);
    append(out);
}

void gim_dialect::send_to_user(std::size_t user, std::string_view content, std::string& out) {
    request_.clear();
    codec_.send(2, user_id(user), content, request_);
    append(out);
}

void gim_dialect::ask_history(std::string_view session, std::size_t limit, std::string& out) {
    request_.clear();
    codec_.history(session, limit, request_);
    append(out);
}

void gim_dialect::on_open(std::string& out, dialect_events&) {
    request_.clear();
    codec_.login(user_id(who_.user), request_);
    append(out);
}

void gim_dialect::on_text_or_binary(
    std::string_view payload,
    std::string& out,
    dialect_events& events
) {
    gim_frame frame;
    if (!codec_.read(payload, frame)) {
        events.on_failure("not a frame of gim's: " + std::string(payload.substr(0, 80)));
    } else if (frame.op == static_cast<std::uint32_t>(opcode::push)) {
        events.on_packet(frame.data, frame.skipped);
    } else if (frame.op != static_cast<std::uint32_t>(opcode::notice)) {
        // The close that a notice tells of is what counts.
        on_reply(frame, out, events);
    }
}

void gim_dialect::on_reply(const gim_frame& reply, std::string& out, dialect_events& events) {
    if (reply.op == reply_to(opcode::send) || reply.op == reply_to(opcode::history)) {
        events.on_answer(reply.code == 0);
        return;
    }
    if (reply.code != 0) {
        events.on_failure(
            "op " + std::to_string(reply.op) + " with code " + std::to_string(reply.code)
        );
        return;
    }
    if (reply.op == reply_to(opcode::login)) {
        token_ = codec_.token(reply.data);
        if (who_.room.empty()) {
            events.on_ready();
            return;
        }
        request_.clear();
        codec_.join(who_.room, request_);
        append(out);
    } else if (reply.op == reply_to(opcode::join)) {
        events.on_ready();
    }
}

}  // namespace gim::client
