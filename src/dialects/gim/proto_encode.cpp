#include "base/overloaded.hpp"
#include "dialects/gim/proto_codec.hpp"

#include <gim.pb.h>

namespace gim::native {

namespace {

void fill(const model::user& from, v1::User& to) {
    to.set_id(from.id);
    to.set_name(from.name);
}

void fill(const model::message& from, model::sequences show, v1::Item& to) {
    to.set_id(from.id);
    fill(from.sender, *to.mutable_sender());
    to.set_category(from.category);
    to.set_content(from.content);
    if (show == model::sequences::shown) {
        to.set_sequence(from.sequence);
    }
    to.set_status(from.status);
    to.set_created_at(from.created_at);
}

void fill(const model::session_summary& from, v1::SessionSummary& to) {
    to.set_id(from.session.text());
    to.set_type(static_cast<v1::SessionType>(from.session.type()));
    to.set_title(from.title);
    to.set_updated_at(from.updated_at);
    if (from.last_message) {
        fill(*from.last_message, model::sequences::shown, *to.mutable_last_message());
    }
}

void fill(const model::user_reply& from, v1::Member& to) {
    to.set_id(from.id);
    to.set_name(from.name);
    to.set_online(from.online);
}

// How a page ends that a cursor continues: SessionsReply, MembersReply.
template <class Message>
void set_next(const std::optional<std::string>& next, Message& to) {
    to.set_has_more(next.has_value());
    if (next) {
        to.set_next(*next);
    }
}

// The `data` of a reply. What only HTTP answers has no protobuf form.
std::string data_of(const model::reply& data) {
    return std::visit(
        base::overloaded{
            [](const model::login_reply& r) {
                v1::LoginReply m;
                if (r.token) {
                    m.set_token(*r.token);
                }
                fill(r.user, *m.mutable_user());
                m.set_server_time(r.server_time);
                if (r.expires_at) {
                    m.set_expires_at(*r.expires_at);
                }
                return m.SerializeAsString();
            },
            [](const model::heartbeat_reply& r) {
                v1::HeartbeatReply m;
                m.set_server_time(r.server_time);
                return m.SerializeAsString();
            },
            [](const model::refresh_reply& r) {
                v1::RefreshReply m;
                m.set_expires_at(r.expires_at);
                return m.SerializeAsString();
            },
            [](const model::send_reply& r) {
                v1::SendReply m;
                m.set_id(r.id);
                m.set_session_id(r.session.text());
                m.set_sequence(r.sequence);
                m.set_created_at(r.created_at);
                return m.SerializeAsString();
            },
            [](const model::history_reply& r) {
                v1::HistoryReply m;
                for (const auto& item : r.items) {
                    fill(*item, model::sequences::shown, *m.add_items());
                }
                m.set_has_more(r.has_more);
                m.set_epoch(r.epoch);
                m.set_top_sequence(r.top_sequence);
                return m.SerializeAsString();
            },
            [](const model::sessions_reply& r) {
                v1::SessionsReply m;
                for (const auto& session : r.items) {
                    fill(session, *m.add_items());
                }
                set_next(r.next, m);
                return m.SerializeAsString();
            },
            [](const model::join_reply& r) {
                v1::JoinReply m;
                m.set_id(std::string(r.session.room_id()));
                m.set_session_id(r.session.text());
                m.set_title(r.title);
                m.set_members(r.members);
                return m.SerializeAsString();
            },
            [](const model::members_reply& r) {
                v1::MembersReply m;
                for (const auto& member : r.items) {
                    fill(member, *m.add_items());
                }
                m.set_total(r.total);
                set_next(r.next, m);
                return m.SerializeAsString();
            },
            [](const model::logout_reply&) { return std::string(); },
            [](const model::leave_reply&) { return std::string(); },
            [](const model::user_reply&) { return std::string(); },
            [](const model::room_reply&) { return std::string(); },
            [](const model::rooms_reply&) { return std::string(); },
            [](const model::batch_reply&) { return std::string(); },
            [](const model::dismiss_reply&) { return std::string(); },
            [](const model::disconnect_reply&) { return std::string(); },
            [](const model::counters_reply&) { return std::string(); },
        },
        data
    );
}

void append_frame(std::uint32_t op, std::uint64_t seq, std::string body, std::string& out) {
    v1::Frame frame;
    frame.set_op(op);
    frame.set_seq(seq);
    frame.set_body(std::move(body));
    frame.AppendToString(&out);
}

}  // namespace

void encode_proto_reply(
    std::uint32_t op,
    std::uint64_t seq,
    const model::result<model::reply>& answer,
    std::string& out
) {
    v1::Reply body;
    if (answer.has_value()) {
        body.set_data(data_of(*answer));
    } else {
        body.set_code(static_cast<int>(answer.error().code));
        body.set_msg(answer.error().message);
    }
    append_frame(op, seq, body.SerializeAsString(), out);
}

void encode_proto_packet(const model::packet& p, std::string& out) {
    v1::Packet body;
    body.mutable_session()->set_id(p.session.text());
    body.mutable_session()->set_title(p.title);
    for (const auto& item : p.items) {
        fill(*item, p.show, *body.add_items());
    }
    body.set_skipped(p.skipped);
    append_frame(static_cast<std::uint32_t>(opcode::push), 0, body.SerializeAsString(), out);
}

void encode_proto_notice(const model::notice& n, std::string& out) {
    v1::Notice body;
    body.set_reason(std::string(n.reason));
    body.set_retry_after_ms(n.retry_after_ms);
    append_frame(static_cast<std::uint32_t>(opcode::notice), 0, body.SerializeAsString(), out);
}

}  // namespace gim::native
