#include "base/overloaded.hpp"
#include "dialects/gim/json_codec.hpp"
#include "json/json_writer.hpp"

#include <optional>
#include <string>
#include <vector>

// JSON is written by hand: the shapes are few and fixed, and a packet's text is what every member
// of a room gets.
namespace gim::native {

using json::operator""_json;

namespace {

template <json::json_level L>
void write_user(const model::user& u, json::json_writer<L>& to) {
    to.text(R"({"id":)"_json, u.id).text(R"(,"name":)"_json, u.name).raw("}"_json);
}

template <json::json_level L>
void write_item(const model::message& m, model::sequences show, json::json_writer<L>& to) {
    to.text(R"({"id":)"_json, m.id).raw(R"(,"sender":)"_json);
    write_user(m.sender, to);
    to.text(R"(,"category":)"_json, m.category).text(R"(,"content":)"_json, m.content);
    if (show == model::sequences::shown) {
        to.number(R"(,"sequence":)"_json, m.sequence);
    }
    to.number(R"(,"status":)"_json, m.status)
        .number(R"(,"created_at":)"_json, m.created_at)
        .raw("}"_json);
}

template <json::json_level L>
void write_person(const model::user_reply& u, json::json_writer<L>& to) {
    to.text(R"({"id":)"_json, u.id).text(R"(,"name":)"_json, u.name);
    to.flag(R"(,"online":)"_json, u.online).raw("}"_json);
}

template <json::json_level L>
void write_summary(const model::session_summary& s, json::json_writer<L>& to) {
    to.plain(R"({"id":)"_json, s.session.text());
    to.number(R"(,"type":)"_json, static_cast<int>(s.session.type()));
    to.text(R"(,"title":)"_json, s.title).number(R"(,"updated_at":)"_json, s.updated_at);
    if (s.last_message) {
        to.raw(R"(,"last_message":)"_json);
        write_item(*s.last_message, model::sequences::shown, to);
    }
    to.raw("}"_json);
}

// How a page ends that a cursor continues.
template <json::json_level L>
void write_next(const std::optional<std::string>& next, json::json_writer<L>& to) {
    to.flag(R"(,"has_more":)"_json, next.has_value());
    if (next) {
        to.text(R"(,"next":)"_json, *next);
    }
}

template <json::json_level L>
void write_room(const model::room_reply& r, json::json_writer<L>& to) {
    to.text(R"({"id":)"_json, r.id).plain(R"(,"session_id":)"_json, r.session.text());
    to.text(R"(,"title":)"_json, r.title).number(R"(,"members":)"_json, r.members);
    to.number(R"(,"connections":)"_json, r.connections).raw("}"_json);
}

template <json::literal Head, json::json_level L>
void write_items(
    json::json_piece<Head> head,
    const std::vector<model::message_ptr>& items,
    model::sequences show,
    json::json_writer<L>& to
) {
    to.list(head, items, [&](const model::message_ptr& m) { write_item(*m, show, to); });
}

template <json::json_level L>
void write_sent(const model::send_reply& r, json::json_writer<L>& to) {
    to.text(R"({"id":)"_json, r.id).plain(R"(,"session_id":)"_json, r.session.text());
    to.number(R"(,"sequence":)"_json, r.sequence);
    to.number(R"(,"created_at":)"_json, r.created_at).raw("}"_json);
}

template <json::json_level L>
void write_failure(const model::error& why, json::json_writer<L>& to) {
    to.number(R"({"code":)"_json, static_cast<int>(why.code)).text(R"(,"msg":)"_json, why.message);
}

template <json::json_level L>
void write_batch(const model::batch_reply& r, json::json_writer<L>& to) {
    std::size_t failed = 0;
    to.list(R"({"items":)"_json, r.items, [&](const model::result<model::send_reply>& one) {
        if (one) {
            to.raw(R"({"code":0,"msg":"","data":)"_json);
            write_sent(*one, to);
        } else {
            ++failed;
            write_failure(one.error(), to);
        }
        to.raw("}"_json);
    });
    to.number(R"(,"failed":)"_json, failed).raw("}"_json);
}

template <json::json_level L>
void write_counters(const model::counters_reply& r, json::json_writer<L>& to) {
    to.raw(R"({"counters":{)"_json);
    for (std::size_t i = 0; i < r.counters.size(); ++i) {
        if (i > 0) {
            to.raw(","_json);
        }
        to.plain(""_json, r.counters[i].first).number(":"_json, r.counters[i].second);
    }
    to.raw("}}"_json);
}

template <json::json_level L>
void write_data(const model::reply& data, json::json_writer<L>& to) {
    std::visit(
        base::overloaded{
            [&](const model::login_reply& r) {
                if (r.token) {
                    to.text(R"({"token":)"_json, *r.token).raw(R"(,"user":)"_json);
                } else {
                    to.raw(R"({"user":)"_json);
                }
                write_user(r.user, to);
                to.number(R"(,"server_time":)"_json, r.server_time);
                if (r.expires_at) {
                    to.number(R"(,"expires_at":)"_json, *r.expires_at);
                }
                to.raw("}"_json);
            },
            [&](const model::logout_reply&) { to.raw("{}"_json); },
            [&](const model::heartbeat_reply& r) {
                to.number(R"({"server_time":)"_json, r.server_time).raw("}"_json);
            },
            [&](const model::refresh_reply& r) {
                to.number(R"({"expires_at":)"_json, r.expires_at).raw("}"_json);
            },
            [&](const model::send_reply& r) { write_sent(r, to); },
            [&](const model::history_reply& r) {
                write_items(R"({"items":)"_json, r.items, model::sequences::shown, to);
                to.flag(R"(,"has_more":)"_json, r.has_more).text(R"(,"epoch":)"_json, r.epoch);
                to.number(R"(,"top_sequence":)"_json, r.top_sequence).raw("}"_json);
            },
            [&](const model::sessions_reply& r) {
                to.list(R"({"items":)"_json, r.items, [&](const auto& s) { write_summary(s, to); });
                write_next(r.next, to);
                to.raw("}"_json);
            },
            [&](const model::join_reply& r) {
                to.text(R"({"id":)"_json, r.session.room_id());
                to.plain(R"(,"session_id":)"_json, r.session.text())
                    .text(R"(,"title":)"_json, r.title);
                to.number(R"(,"members":)"_json, r.members).raw("}"_json);
            },
            [&](const model::leave_reply&) { to.raw("{}"_json); },
            [&](const model::user_reply& r) { write_person(r, to); },
            [&](const model::members_reply& r) {
                to.list(R"({"items":)"_json, r.items, [&](const auto& u) { write_person(u, to); });
                to.number(R"(,"total":)"_json, r.total);
                write_next(r.next, to);
                to.raw("}"_json);
            },
            [&](const model::room_reply& r) { write_room(r, to); },
            [&](const model::rooms_reply& r) {
                to.list(R"({"items":)"_json, r.items, [&](const auto& one) {
                    write_room(one, to);
                });
                write_next(r.next, to);
                to.raw("}"_json);
            },
            [&](const model::batch_reply& r) { write_batch(r, to); },
            [&](const model::dismiss_reply& r) {
                to.number(R"({"members":)"_json, r.members).raw("}"_json);
            },
            [&](const model::disconnect_reply& r) {
                to.number(R"({"connections":)"_json, r.connections).raw("}"_json);
            },
            [&](const model::counters_reply& r) { write_counters(r, to); },
        },
        data
    );
}

template <json::json_level L>
void write_packet(const model::packet& p, json::json_writer<L>& to) {
    to.plain(R"({"session":{"id":)"_json, p.session.text()).text(R"(,"title":)"_json, p.title);
    write_items(R"(},"items":)"_json, p.items, p.show, to);
    to.number(R"(,"skipped":)"_json, p.skipped).raw("}"_json);
}

template <json::json_level L>
void write_answer(const model::result<model::reply>& answer, json::json_writer<L>& to) {
    if (answer.has_value()) {
        to.raw(R"({"code":0,"msg":"","data":)"_json);
        write_data(*answer, to);
    } else {
        write_failure(answer.error(), to);
    }
    to.raw("}"_json);
}

// Calls `write` with a writer of this thread's buffer, and appends to `out` what it wrote.
template <class Write>
void append(std::string& out, Write write) {
    thread_local base::text_buffer buffer;
    buffer.clear();
    write(buffer);
    out += buffer.view();
    constexpr std::size_t worth_keeping = 256 * 1024;  // bytes a thread holds between two texts
    if (buffer.view().size() > worth_keeping) {
        buffer = {};
    }
}

// Writes the member `body` as `form` has it. `write` writes the object.
template <class Write>
void write_body(wire_form form, base::text_buffer& to, Write write) {
    json::json_writer<json::json_level::plain> plain(to);
    if (form == wire_form::json_object) {
        plain.raw(R"("body":)"_json);
        write(plain);
        plain.raw("}"_json);
        return;
    }
    plain.raw(R"("body":")"_json);
    json::json_writer<json::json_level::in_string> inside(to);
    write(inside);
    plain.raw(R"("})"_json);
}

// What the server says without being asked.
template <class Write>
void append_unasked(wire_form form, opcode op, std::string& out, Write write) {
    append(out, [&](base::text_buffer& buffer) {
        json::json_writer<json::json_level::plain> envelope(buffer);
        envelope.number(R"({"op":)"_json, static_cast<std::uint32_t>(op)).raw(","_json);
        write_body(form, buffer, write);
    });
}

}  // namespace

void encode_json_answer(const model::result<model::reply>& answer, std::string& out) {
    append(out, [&](base::text_buffer& buffer) {
        json::json_writer<json::json_level::plain> to(buffer);
        write_answer(answer, to);
    });
}

void encode_json_reply(
    wire_form form,
    std::uint32_t op,
    std::uint64_t seq,
    const model::result<model::reply>& answer,
    std::string& out
) {
    append(out, [&](base::text_buffer& buffer) {
        json::json_writer<json::json_level::plain> envelope(buffer);
        envelope.number(R"({"op":)"_json, op).number(R"(,"seq":)"_json, seq).raw(","_json);
        write_body(form, buffer, [&](auto& to) { write_answer(answer, to); });
    });
}

void encode_json_packet(wire_form form, const model::packet& p, std::string& out) {
    append_unasked(form, opcode::push, out, [&](auto& to) { write_packet(p, to); });
}

void encode_json_notice(wire_form form, const model::notice& n, std::string& out) {
    append_unasked(form, opcode::notice, out, [&](auto& to) {
        to.text(R"({"reason":)"_json, n.reason);
        to.number(R"(,"retry_after_ms":)"_json, n.retry_after_ms).raw("}"_json);
    });
}

}  // namespace gim::native
