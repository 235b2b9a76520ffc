#include "protocol/json_codec.hpp"
#include "protocol/json_text.hpp"
#include "protocol/overloaded.hpp"

#include <concepts>
#include <vector>

// JSON is written by hand, straight into the frame: the shapes are few and fixed, and a packet's
// text is what every member of a room gets.
namespace gim::protocol {

namespace {

// Writes one object. `head` holds what stands before a value, e.g. `,"name":`, so that a field is
// one append and the text reads as it looks on the wire.
class writer {
public:
    explicit writer(std::string& out) : out_(out) {}

    writer& raw(std::string_view text) {
        out_ += text;
        return *this;
    }
    writer& text(std::string_view head, std::string_view value) {
        out_ += head;
        append_json_string(value, out_);
        return *this;
    }
    // For values that hold nothing to escape: session ids.
    writer& plain(std::string_view head, std::string_view value) {
        out_ += head;
        out_ += '"';
        out_ += value;
        out_ += '"';
        return *this;
    }
    template <std::integral T>
    writer& number(std::string_view head, T value) {
        out_ += head;
        append_json_integer(value, out_);
        return *this;
    }
    writer& flag(std::string_view head, bool value) {
        return raw(head).raw(value ? "true" : "false");
    }
    template <class T, class WriteOne>
    writer& list(std::string_view head, const std::vector<T>& values, WriteOne write_one) {
        raw(head).raw("[");
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (i > 0) {
                out_ += ',';
            }
            write_one(values[i]);
        }
        return raw("]");
    }

private:
    std::string& out_;
};

void write_user(const user& u, writer& to) {
    to.text(R"({"id":)", u.id).text(R"(,"name":)", u.name).raw("}");
}

void write_item(const message& m, sequences show, writer& to) {
    to.text(R"({"id":)", m.id).raw(R"(,"sender":)");
    write_user(m.sender, to);
    to.text(R"(,"category":)", m.category).text(R"(,"content":)", m.content);
    if (show == sequences::shown) {
        to.number(R"(,"sequence":)", m.sequence);
    }
    to.number(R"(,"status":)", m.status).number(R"(,"created_at":)", m.created_at).raw("}");
}

void write_person(const user_reply& u, writer& to) {
    to.text(R"({"id":)", u.id).text(R"(,"name":)", u.name);
    to.flag(R"(,"online":)", u.online).raw("}");
}

void write_summary(const session_summary& s, writer& to) {
    to.plain(R"({"id":)", s.session.text());
    to.number(R"(,"type":)", static_cast<int>(s.session.type()));
    to.text(R"(,"title":)", s.title).number(R"(,"updated_at":)", s.updated_at);
    if (s.last_message) {
        to.raw(R"(,"last_message":)");
        write_item(*s.last_message, sequences::shown, to);
    }
    to.raw("}");
}

void write_room(const room_reply& r, writer& to) {
    to.text(R"({"id":)", r.id).plain(R"(,"session_id":)", r.session.text());
    to.text(R"(,"title":)", r.title).number(R"(,"members":)", r.members).raw("}");
}

void write_items(
    std::string_view head,
    const std::vector<message_ptr>& items,
    sequences show,
    writer& to
) {
    to.list(head, items, [&](const message_ptr& m) { write_item(*m, show, to); });
}

void write_data(const reply& data, writer& to) {
    std::visit(
        overloaded{
            [&](const login_reply& r) {
                to.text(R"({"token":)", r.token).raw(R"(,"user":)");
                write_user(r.user, to);
                to.number(R"(,"server_time":)", r.server_time).raw("}");
            },
            [&](const logout_reply&) { to.raw("{}"); },
            [&](const heartbeat_reply& r) {
                to.number(R"({"server_time":)", r.server_time).raw("}");
            },
            [&](const send_reply& r) {
                to.text(R"({"id":)", r.id).plain(R"(,"session_id":)", r.session.text());
                to.number(R"(,"sequence":)", r.sequence);
                to.number(R"(,"created_at":)", r.created_at).raw("}");
            },
            [&](const history_reply& r) {
                write_items(R"({"items":)", r.items, sequences::shown, to);
                to.flag(R"(,"has_more":)", r.has_more).text(R"(,"epoch":)", r.epoch);
                to.number(R"(,"top_sequence":)", r.top_sequence).raw("}");
            },
            [&](const sessions_reply& r) {
                to.list(R"({"items":)", r.items, [&](const auto& s) { write_summary(s, to); });
                to.flag(R"(,"has_more":)", r.has_more).raw("}");
            },
            [&](const join_reply& r) {
                to.text(R"({"id":)", r.session.room_id());
                to.plain(R"(,"session_id":)", r.session.text()).text(R"(,"title":)", r.title);
                to.number(R"(,"members":)", r.members).raw("}");
            },
            [&](const leave_reply&) { to.raw("{}"); },
            [&](const user_reply& r) { write_person(r, to); },
            [&](const members_reply& r) {
                to.list(R"({"items":)", r.items, [&](const auto& u) { write_person(u, to); });
                to.number(R"(,"total":)", r.total).flag(R"(,"has_more":)", r.has_more).raw("}");
            },
            [&](const room_reply& r) { write_room(r, to); },
            [&](const rooms_reply& r) {
                to.list(R"({"items":)", r.items, [&](const auto& one) { write_room(one, to); });
                to.flag(R"(,"has_more":)", r.has_more).raw("}");
            },
        },
        data
    );
}

void write_packet(const packet& p, writer& to) {
    to.plain(R"({"session":{"id":)", p.session.text()).text(R"(,"title":)", p.title);
    write_items(R"(},"items":)", p.items, p.show, to);
    to.number(R"(,"skipped":)", p.skipped).raw("}");
}

// Appends the member `body` as `form` has it. `write` appends the object.
template <class Write>
void append_body(wire_form form, std::string& out, Write write) {
    out += R"("body":)";
    if (form == wire_form::json_object) {
        write(out);
        return;
    }
    std::string object;
    write(object);
    append_json_string(object, out);
}

}  // namespace

void encode_json_answer(const result<reply>& answer, std::string& out) {
    writer to(out);
    if (answer.has_value()) {
        to.raw(R"({"code":0,"msg":"","data":)");
        write_data(*answer, to);
    } else {
        const auto& failure = answer.error();
        to.number(R"({"code":)", static_cast<int>(failure.code))
            .text(R"(,"msg":)", failure.message);
    }
    to.raw("}");
}

void encode_json_reply(
    wire_form form,
    std::uint32_t op,
    std::uint64_t seq,
    const result<reply>& answer,
    std::string& out
) {
    writer(out).number(R"({"op":)", op).number(R"(,"seq":)", seq).raw(",");
    append_body(form, out, [&](std::string& to) { encode_json_answer(answer, to); });
    out += '}';
}

void encode_json_packet(wire_form form, const packet& p, std::string& out) {
    writer(out).number(R"({"op":)", static_cast<std::uint32_t>(opcode::push)).raw(",");
    append_body(form, out, [&](std::string& to) {
        writer object(to);
        write_packet(p, object);
    });
    out += '}';
}

}  // namespace gim::protocol
