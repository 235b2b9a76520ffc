#include "fuzz/print_request.hpp"

#include "base/overloaded.hpp"
#include "dialects/gim/opcodes.hpp"

#include <nlohmann/json.hpp>

#include <gim.pb.h>
#include <variant>

namespace gim::fuzz {

namespace {

using namespace base;
using namespace model;
using namespace native;
using nlohmann::json;

opcode op_of(const request& asked) {
    return std::visit(
        overloaded{
            [](const login_request&) { return opcode::login; },
            [](const logout_request&) { return opcode::logout; },
            [](const heartbeat_request&) { return opcode::heartbeat; },
            [](const refresh_request&) { return opcode::refresh; },
            [](const send_request&) { return opcode::send; },
            [](const history_request&) { return opcode::history; },
            [](const sessions_request&) { return opcode::sessions; },
            [](const join_request&) { return opcode::join; },
            [](const leave_request&) { return opcode::leave; },
            [](const members_request&) { return opcode::members; },
        },
        asked
    );
}

std::string text_of(const std::variant<session_cursor, session_id>& after) {
    return std::visit(
        overloaded{
            [](const session_cursor& place) { return to_text(place); },
            [](const session_id& session) { return session.text(); }},
        after
    );
}

template <class T>
void put(json& body, const char* name, const std::optional<T>& value) {
    if (value) {
        body[name] = *value;
    }
}

json json_body(const request& asked) {
    json body = json::object();
    std::visit(
        overloaded{
            [&](const login_request& r) {
                if (!r.id.empty()) {
                    body["id"] = r.id;
                }
                put(body, "name", r.name);
                put(body, "token", r.token);
            },
            [](const logout_request&) {},
            [](const heartbeat_request&) {},
            [&](const refresh_request& r) { body["token"] = r.token; },
            [&](const send_request& r) {
                body["type"] = static_cast<int>(r.type);
                body["target_id"] = r.target_id;
                body["category"] = r.category;
                body["content"] = r.content;
                put(body, "request_id", r.request_id);
            },
            [&](const history_request& r) {
                body["session_id"] = r.session.text();
                put(body, "before", r.query.before);
                put(body, "after", r.query.after);
                put(body, "from", r.query.from);
                put(body, "to", r.query.to);
                body["limit"] = r.query.limit;
            },
            [&](const sessions_request& r) {
                if (r.after) {
                    body["after"] = text_of(*r.after);
                }
                body["limit"] = r.limit;
            },
            [&](const join_request& r) { body["id"] = r.room; },
            [&](const leave_request& r) { body["id"] = r.room; },
            [&](const members_request& r) {
                body["id"] = r.room;
                put(body, "after", r.after);
                body["limit"] = r.limit;
            },
        },
        asked
    );
    return body;
}

std::string proto_body(const request& asked) {
    return std::visit(
        overloaded{
            [](const login_request& r) {
                v1::LoginRequest m;
                m.set_id(r.id);
                if (r.name) {
                    m.set_name(*r.name);
                }
                if (r.token) {
                    m.set_token(*r.token);
                }
                return m.SerializeAsString();
            },
            [](const logout_request&) { return std::string(); },
            [](const heartbeat_request&) { return std::string(); },
            [](const refresh_request& r) {
                v1::RefreshRequest m;
                m.set_token(r.token);
                return m.SerializeAsString();
            },
            [](const send_request& r) {
                v1::SendRequest m;
                m.set_type(static_cast<v1::SessionType>(r.type));
                m.set_target_id(r.target_id);
                m.set_category(r.category);
                m.set_content(r.content);
                m.set_request_id(r.request_id.value_or(""));
                return m.SerializeAsString();
            },
            [](const history_request& r) {
                v1::HistoryRequest m;
                m.set_session_id(r.session.text());
                if (r.query.before) {
                    m.set_before(*r.query.before);
                }
                if (r.query.after) {
                    m.set_after(*r.query.after);
                }
                if (r.query.from) {
                    m.set_from(*r.query.from);
                }
                if (r.query.to) {
                    m.set_to(*r.query.to);
                }
                m.set_limit(static_cast<std::int32_t>(r.query.limit));
                return m.SerializeAsString();
            },
            [](const sessions_request& r) {
                v1::SessionsRequest m;
                if (r.after) {
                    m.set_after(text_of(*r.after));
                }
                m.set_limit(static_cast<std::int32_t>(r.limit));
                return m.SerializeAsString();
            },
            [](const join_request& r) {
                v1::JoinRequest m;
                m.set_id(r.room);
                return m.SerializeAsString();
            },
            [](const leave_request& r) {
                v1::LeaveRequest m;
                m.set_id(r.room);
                return m.SerializeAsString();
            },
            [](const members_request& r) {
                v1::MembersRequest m;
                m.set_id(r.room);
                if (r.after) {
                    m.set_after(*r.after);
                }
                m.set_limit(static_cast<std::int32_t>(r.limit));
                return m.SerializeAsString();
            },
        },
        asked
    );
}

}  // namespace

std::string print(wire_form form, std::uint64_t seq, const request& asked) {
    const auto op = static_cast<std::uint32_t>(op_of(asked));
    if (form == wire_form::protobuf) {
        v1::Frame frame;
        frame.set_op(op);
        frame.set_seq(seq);
        frame.set_body(proto_body(asked));
        return frame.SerializeAsString();
    }
    json frame{{"op", op}, {"seq", seq}};
    const auto body = json_body(asked);
    if (form == wire_form::json_text) {
        frame["body"] = body.dump();
    } else {
        frame["body"] = body;
    }
    return frame.dump();
}

}  // namespace gim::fuzz
