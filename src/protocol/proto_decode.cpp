#include "protocol/proto_codec.hpp"
#include "protocol/request_rules.hpp"

#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <gim.pb.h>
#include <limits>
#include <utility>

namespace gim::protocol {

namespace {

// libprotobuf would write a line to stderr for every string that is not UTF-8, which is to say as
// often as a client likes. The reply says it all.
[[maybe_unused]] const auto logged_by_default = google::protobuf::SetLogHandler(nullptr);

// Integers beyond 63 bits are held at the end of the range: out of every rule's range as well.
std::int64_t held(std::uint64_t number) {
    constexpr std::uint64_t largest = std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(std::min(number, largest));
}

// proto3 does not tell an empty field from one that was not set, unless it is `optional`.
std::optional<std::string> unless_empty(std::string* text) {
    return text->empty() ? std::nullopt : std::optional(std::move(*text));
}

login_fields fields_of(v1::LoginRequest& m) {
    login_fields fields;
    fields.id = unless_empty(m.mutable_id());
    if (m.has_name()) {
        fields.name = std::move(*m.mutable_name());
    }
    if (m.has_token()) {
        fields.token = std::move(*m.mutable_token());
    }
    return fields;
}

refresh_fields fields_of(v1::RefreshRequest& m) {
    refresh_fields fields;
    if (m.has_token()) {
        fields.token = std::move(*m.mutable_token());
    }
    return fields;
}

send_fields fields_of(v1::SendRequest& m) {
    send_fields fields;
    if (m.type() != v1::SESSION_TYPE_UNSPECIFIED) {
        fields.type = m.type();
    }
    fields.target_id = unless_empty(m.mutable_target_id());
    fields.category = unless_empty(m.mutable_category());
    if (m.has_content()) {
        fields.content = std::move(*m.mutable_content());
    }
    fields.request_id = unless_empty(m.mutable_request_id());
    return fields;
}

history_fields fields_of(v1::HistoryRequest& m) {
    history_fields fields;
    fields.session_id = unless_empty(m.mutable_session_id());
    if (m.has_before()) {
        fields.before = held(m.before());
    }
    if (m.has_after()) {
        fields.after = held(m.after());
    }
    if (m.has_from()) {
        fields.from = m.from();
    }
    if (m.has_to()) {
        fields.to = m.to();
    }
    if (m.has_limit()) {
        fields.limit = m.limit();
    }
    return fields;
}

// Of SessionsRequest and MembersRequest.
template <class Message, class Fields>
void find_page(Message& m, Fields& fields) {
    if (m.has_after()) {
        fields.after = std::move(*m.mutable_after());
    }
    if (m.has_limit()) {
        fields.limit = m.limit();
    }
}

sessions_fields fields_of(v1::SessionsRequest& m) {
    sessions_fields fields;
    find_page(m, fields);
    return fields;
}

join_fields fields_of(v1::JoinRequest& m) {
    return {unless_empty(m.mutable_id())};
}

leave_fields fields_of(v1::LeaveRequest& m) {
    return {unless_empty(m.mutable_id())};
}

members_fields fields_of(v1::MembersRequest& m) {
    members_fields fields;
    fields.id = unless_empty(m.mutable_id());
    find_page(m, fields);
    return fields;
}

// Also checks that every string is valid UTF-8, as proto3 demands.
template <class Message>
result<request> read_as(const std::string& body) {
    Message message;
    if (!message.ParseFromString(body)) {
        return bad_request("body: not a valid message of this op");
    }
    auto checked = check(fields_of(message));
    if (!checked) {
        return checked.error();
    }
    return request(*std::move(checked));
}

result<request> read_request(opcode op, const std::string& body) {
    switch (op) {
        case opcode::login:
            return read_as<v1::LoginRequest>(body);
        case opcode::logout:
            return request(logout_request{});
        case opcode::heartbeat:
            return request(heartbeat_request{});
        case opcode::refresh:
            return read_as<v1::RefreshRequest>(body);
        case opcode::send:
            return read_as<v1::SendRequest>(body);
        case opcode::history:
            return read_as<v1::HistoryRequest>(body);
        case opcode::sessions:
            return read_as<v1::SessionsRequest>(body);
        case opcode::join:
            return read_as<v1::JoinRequest>(body);
        case opcode::leave:
            return read_as<v1::LeaveRequest>(body);
        case opcode::members:
            return read_as<v1::MembersRequest>(body);
        case opcode::undecodable:
        case opcode::notice:
        case opcode::push:
            break;  // not for clients
    }
    return not_found("op: unknown");
}

}  // namespace

result<inbound_frame> decode_proto_frame(std::string_view bytes) {
    v1::Frame envelope;
    if (!std::in_range<int>(bytes.size()) ||
        !envelope.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
        return bad_request("frame: not a valid protobuf Frame");
    }
    const auto op = envelope.op() == 0 ? std::nullopt : std::optional(held(envelope.op()));
    if (auto problem = check_envelope(op, held(envelope.seq()))) {
        return *std::move(problem);
    }
    inbound_frame frame;
    frame.op = envelope.op();
    frame.seq = envelope.seq();
    frame.form = wire_form::protobuf;
    frame.body = read_request(static_cast<opcode>(frame.op), envelope.body());
    return frame;
}

}  // namespace gim::protocol
