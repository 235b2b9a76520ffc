#include "dialects/gim/proto_codec.hpp"
#include "model/request_rules.hpp"

#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <gim.pb.h>
#include <limits>
#include <utility>

namespace gim::native {

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

model::login_fields fields_of(v1::LoginRequest& m) {
    model::login_fields fields;
    fields.id = unless_empty(m.mutable_id());
    if (m.has_name()) {
        fields.name = std::move(*m.mutable_name());
    }
    if (m.has_token()) {
        fields.token = std::move(*m.mutable_token());
    }
    return fields;
}

model::refresh_fields fields_of(v1::RefreshRequest& m) {
    model::refresh_fields fields;
    if (m.has_token()) {
        fields.token = std::move(*m.mutable_token());
    }
    return fields;
}

model::send_fields fields_of(v1::SendRequest& m) {
    model::send_fields fields;
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

model::history_fields fields_of(v1::HistoryRequest& m) {
    model::history_fields fields;
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

model::sessions_fields fields_of(v1::SessionsRequest& m) {
    model::sessions_fields fields;
    find_page(m, fields);
    return fields;
}

model::join_fields fields_of(v1::JoinRequest& m) {
    return {unless_empty(m.mutable_id())};
}

model::leave_fields fields_of(v1::LeaveRequest& m) {
    return {unless_empty(m.mutable_id())};
}

model::members_fields fields_of(v1::MembersRequest& m) {
    model::members_fields fields;
    fields.id = unless_empty(m.mutable_id());
    find_page(m, fields);
    return fields;
}

// Also checks that every string is valid UTF-8, as proto3 demands.
template <class Message>
model::result<model::request> read_as(const std::string& body) {
    Message message;
    if (!message.ParseFromString(body)) {
        return model::bad_request("body: not a valid message of this op");
    }
    auto checked = model::check(fields_of(message));
    if (!checked) {
        return checked.error();
    }
    return model::request(*std::move(checked));
}

model::result<model::request> read_request(opcode op, const std::string& body) {
    switch (op) {
        case opcode::login:
            return read_as<v1::LoginRequest>(body);
        case opcode::logout:
            return model::request(model::logout_request{});
        case opcode::heartbeat:
            return model::request(model::heartbeat_request{});
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
    return model::not_found("op: unknown");
}

}  // namespace

model::result<inbound_frame> decode_proto_frame(std::string_view bytes) {
    v1::Frame envelope;
    if (!std::in_range<int>(bytes.size()) ||
        !envelope.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
        return model::bad_request("frame: not a valid protobuf Frame");
    }
    const auto op = envelope.op() == 0 ? std::nullopt : std::optional(held(envelope.op()));
    if (auto problem = model::check_envelope(op, held(envelope.seq()))) {
        return *std::move(problem);
    }
    inbound_frame frame;
    frame.op = envelope.op();
    frame.seq = envelope.seq();
    frame.form = wire_form::protobuf;
    frame.body = read_request(static_cast<opcode>(frame.op), envelope.body());
    return frame;
}

}  // namespace gim::native
