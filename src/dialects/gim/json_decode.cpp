#include "dialects/gim/json_codec.hpp"
#include "dialects/gim/json_source.hpp"
#include "json/json_reader.hpp"
#include "json/json_scan.hpp"
#include "model/request_rules.hpp"

#include <string>
#include <utility>

namespace gim::native {

namespace {

// Checks the fields, unless finding them failed already.
template <class Fields>
model::result<model::request> judge(const model::field_source& from, Fields fields) {
    if (from.failure()) {
        return *from.failure();
    }
    auto checked = model::check(std::move(fields));
    if (!checked) {
        return checked.error();
    }
    return model::request(*std::move(checked));
}

model::history_fields find_history(model::field_source& from) {
    return {
        .session_id = from.text("session_id"),
        .before = from.integer("before"),
        .after = from.integer("after"),
        .from = from.integer("from"),
        .to = from.integer("to"),
        .limit = from.integer("limit")};
}

model::result<model::request> find_request(opcode op, model::field_source& from) {
    switch (op) {
        case opcode::login:
            return judge(
                from,
                model::login_fields{
                    .id = from.text("id"), .name = from.text("name"), .token = from.text("token")}
            );
        case opcode::logout:
            return model::request(model::logout_request{});
        case opcode::heartbeat:
            return model::request(model::heartbeat_request{});
        case opcode::refresh:
            return judge(from, model::refresh_fields{from.text("token")});
        case opcode::send:
            return judge(from, find_send(from));
        case opcode::history:
            return judge(from, find_history(from));
        case opcode::sessions:
            return judge(
                from,
                model::sessions_fields{.after = from.text("after"), .limit = from.integer("limit")}
            );
        case opcode::join:
            return judge(from, model::join_fields{from.text("id")});
        case opcode::leave:
            return judge(from, model::leave_fields{from.text("id")});
        case opcode::members:
            return judge(
                from,
                model::members_fields{
                    .id = from.text("id"),
                    .after = from.text("after"),
                    .limit = from.integer("limit")}
            );
        case opcode::undecodable:
        case opcode::notice:
        case opcode::push:
            break;  // not for clients
    }
    return model::not_found("op: unknown");
}

// A frame and its body can both be JSON texts that are read at the same time. Each worker has its
// own readers, so their memory is taken once.
struct readers {
    json::json_reader frame;
    json::json_reader body;
};

readers& my_readers() {
    thread_local readers mine;
    return mine;
}

struct lent_readers {
    explicit lent_readers(std::size_t text_bytes)
        : frame(my_readers().frame, text_bytes), body(my_readers().body, text_bytes) {}

    json::lent_json_reader frame;
    json::lent_json_reader body;
};

constexpr auto no_object = "body: must be a JSON object, plain or as a string";

// The fields of a body, in whichever form it was written. None and "" are a body without fields.
model::result<const json::json_fields*>
read_body(const json::json_document& frame, lent_readers& by) {
    static const json::json_fields none;
    const auto* body = frame.fields.find("body");
    if (body == nullptr || (body->kind == json::json_kind::string && body->string.empty())) {
        return &none;
    }
    if (body->kind == json::json_kind::object) {
        return &frame.nested;
    }
    if (body->kind != json::json_kind::string) {
        return model::bad_request(no_object);
    }
    auto inner = by.body->read(body->string, "body");
    if (!inner) {
        return inner.error();
    }
    return &(*inner)->fields;
}

std::optional<wire_form> form_of_body(const json::json_fields& frame) {
    const auto* body = frame.find("body");
    if (body != nullptr && body->kind == json::json_kind::string) {
        return wire_form::json_text;
    }
    if (body != nullptr && body->kind == json::json_kind::object) {
        return wire_form::json_object;
    }
    return {};
}

model::result<model::request>
read_request(opcode op, const json::json_document& frame, lent_readers& by) {
    if (!is_request(op)) {
        return model::not_found("op: unknown");
    }
    auto body = read_body(frame, by);
    if (!body) {
        return body.error();
    }
    json_source source(**body);
    return find_request(op, source);
}

// A frame with its numbers, still without its body.
model::result<inbound_frame> read_envelope(const json::json_fields& fields) {
    json_source envelope(fields);
    const auto op = envelope.integer("op");
    const auto seq = envelope.integer("seq");
    if (envelope.failure()) {
        return *envelope.failure();
    }
    if (auto problem = model::check_envelope(op, seq)) {
        return *std::move(problem);
    }
    inbound_frame frame;
    frame.op = static_cast<std::uint32_t>(*op);
    frame.seq = static_cast<std::uint64_t>(seq.value_or(0));
    return frame;
}

// What is wrong with a body that broke the frame in which it is. `of_frame` is what was wrong
// there.
model::error problem_of_body(std::string_view body, model::error of_frame, lent_readers& by) {
    if (body.front() == '"') {
        return model::bad_request("body: not valid JSON");  // a surrogate without its pair
    }
    if (body.front() != '{') {
        return model::bad_request(no_object);
    }
    auto alone = by.body->read(body, "body");
    return alone ? std::move(of_frame) : alone.error();
}

// A frame that breaks the rules only inside its body: the answer has its op and seq, as if the body
// were JSON text in a string. Else the error that it came with.
model::result<inbound_frame>
decode_around_body(std::string_view bytes, model::error why, lent_readers& by) {
    const auto members = json::find_members(bytes);
    if (!members) {
        return why;
    }
    std::string others = "{";
    std::string_view body;
    for (const auto& m : *members) {
        if (m.name == "body" && body.empty()) {
            body = m.value;
            continue;
        }
        others.append(others.size() > 1 ? "," : "").append(m.key).append(":").append(m.value);
    }
    others += '}';
    const auto read = by.frame->read(others, "frame");
    if (!read || body.empty() || (*read)->fields.has("body")) {
        return why;
    }
    auto frame = read_envelope((*read)->fields);
    if (!frame) {
        return why;
    }
    if (body.front() == '"') {
        frame->form = wire_form::json_text;
    } else if (body.front() == '{') {
        frame->form = wire_form::json_object;
    }
    frame->body = is_request(static_cast<opcode>(frame->op))
                      ? problem_of_body(body, std::move(why), by)
                      : model::not_found("op: unknown");
    return frame;
}

}  // namespace

model::result<inbound_frame> decode_json_frame(std::string_view bytes) {
    lent_readers by(bytes.size());
    auto read = by.frame->read(bytes, "frame", "body");
    if (!read) {
        return decode_around_body(bytes, read.error(), by);
    }
    const auto& document = **read;
    auto frame = read_envelope(document.fields);
    if (!frame) {
        return frame;
    }
    frame->form = form_of_body(document.fields);
    frame->body = read_request(static_cast<opcode>(frame->op), document, by);
    return frame;
}

}  // namespace gim::native
