#include "model/request_rules.hpp"

#include <utility>

namespace gim::model {

namespace {

static_assert(
    max_id_bytes == 64 && max_name_bytes == 64 && max_category_bytes == 64 &&
        max_content_bytes == 32768 && max_page == 300 && max_request_op == 2147483646 &&
        max_json_integer == 9007199254740991,
    "the messages below say so"
);

error at_fault(std::string_view field, std::string_view problem) {
    return bad_request(std::string(field).append(": ").append(problem));
}

// Each rule returns the valid value, or the error that names the field.

result<std::string> need_id(std::string_view field, std::optional<std::string>&& id) {
    if (!id) {
        return at_fault(field, "missing");
    }
    if (auto problem = check_id(field, *id)) {
        return *std::move(problem);
    }
    return *std::move(id);
}

result<std::optional<std::string>>
maybe_id(std::string_view field, std::optional<std::string>&& id) {
    if (id) {
        if (auto problem = check_id(field, *id)) {
            return *std::move(problem);
        }
    }
    return std::move(id);
}

result<session_id> need_session(std::string_view field, const std::optional<std::string>& text) {
    if (!text) {
        return at_fault(field, "missing");
    }
    if (auto id = session_id::parse(*text)) {
        return *std::move(id);
    }
    return at_fault(field, "must be 1:<room> or 2:<user>:<user>");
}

// What a page continues behind; "" is the first page, as if nothing was given.
std::optional<std::string> unless_empty(std::optional<std::string> after) {
    return after && after->empty() ? std::nullopt : std::move(after);
}

result<std::size_t> page(const std::optional<std::int64_t>& limit) {
    if (!limit) {
        return default_page;
    }
    if (*limit < 1 || std::cmp_greater(*limit, max_page)) {
        return at_fault("limit", "must be 1 to 300");
    }
    return static_cast<std::size_t>(*limit);
}

template <class T>
result<std::optional<T>>
maybe_natural(std::string_view field, const std::optional<std::int64_t>& number) {
    if (!number) {
        return std::optional<T>{};
    }
    if (*number < 0 || std::cmp_greater(*number, max_json_integer)) {
        return at_fault(field, "must be 0 to 9007199254740991");
    }
    return std::optional<T>(static_cast<T>(*number));
}

// C0, DEL, and C1 as UTF-8 writes it (C2 80 to C2 9F).
bool has_control_characters(std::string_view text) noexcept {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x20 || byte == 0x7f) {
            return true;
        }
        if (byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) {
            return true;
        }
    }
    return false;
}

std::optional<error> check_name(std::string_view field, const std::optional<std::string>& name) {
    if (name && !is_valid_name(*name)) {
        return at_fault(field, "must be 1 to 64 bytes without control characters");
    }
    return {};
}

result<session_type> need_type(const std::optional<std::int64_t>& type) {
    if (!type) {
        return at_fault("type", "missing");
    }
    for (const auto known : {session_type::room, session_type::private_chat}) {
        if (*type == static_cast<int>(known)) {
            return known;
        }
    }
    return at_fault("type", "must be 1 (room) or 2 (private)");
}

}  // namespace

std::optional<error>
check_envelope(std::optional<std::int64_t> op, std::optional<std::int64_t> seq) {
    if (!op) {
        return at_fault("op", "missing");
    }
    if (*op < 1 || *op > max_request_op) {
        return at_fault("op", "must be 1 to 2147483646");
    }
    if (const auto number = maybe_natural<std::uint64_t>("seq", seq); !number) {
        return number.error();
    }
    return {};
}

std::optional<error> check_id(std::string_view field, std::string_view id) {
    if (is_valid_id(id)) {
        return {};
    }
    return at_fault(field, "must be 1 to 64 of A-Z a-z 0-9 _ - . @");
}

bool is_valid_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= max_name_bytes && !has_control_characters(name);
}

result<login_request> check(login_fields fields) {
    auto id = maybe_id("id", std::move(fields.id));
    if (!id) {
        return id.error();
    }
    if (auto problem = check_name("name", fields.name)) {
        return *std::move(problem);
    }
    // Whether it must be given is for who checks tokens to say.
    return login_request{
        std::move(*id).value_or(""), std::move(fields.name), std::move(fields.token)};
}

result<refresh_request> check(refresh_fields fields) {
    if (!fields.token) {
        return at_fault("token", "missing");
    }
    return refresh_request{*std::move(fields.token)};
}

result<send_request> check(send_fields fields) {
    auto target = check(target_fields{fields.type, std::move(fields.target_id)});
    if (!target) {
        return target.error();
    }
    auto valid = check_content(std::move(fields));
    if (valid) {
        valid->type = target->type;
        valid->target_id = std::move(target->target_id);
    }
    return valid;
}

result<send_request> check_content(send_fields fields) {
    send_request valid;
    if (fields.category && !fields.category->empty()) {
        if (fields.category->size() > max_category_bytes) {
            return at_fault("category", "must be 1 to 64 bytes");
        }
        valid.category = *std::move(fields.category);
    }
    if (!fields.content) {
        return at_fault("content", "missing");
    }
    if (fields.content->size() > max_content_bytes) {
        return error{status::too_large, "content: longer than 32768 bytes"};
    }
    valid.content = *std::move(fields.content);
    auto request_id = maybe_id("request_id", std::move(fields.request_id));
    if (!request_id) {
        return request_id.error();
    }
    valid.request_id = *std::move(request_id);
    return valid;
}

result<send_target> check(target_fields fields) {
    const auto type = need_type(fields.type);
    if (!type) {
        return type.error();
    }
    auto id = need_id("target_id", std::move(fields.target_id));
    if (!id) {
        return id.error();
    }
    return send_target{*type, *std::move(id)};
}

result<named_sender> check(sender_fields fields) {
    auto id = need_id("sender.id", std::move(fields.id));
    if (!id) {
        return id.error();
    }
    if (auto problem = check_name("sender.name", fields.name)) {
        return *std::move(problem);
    }
    return named_sender{*std::move(id), std::move(fields.name)};
}

result<history_request> check(const history_fields& fields) {
    auto session = need_session("session_id", fields.session_id);
    if (!session) {
        return session.error();
    }
    const auto before = maybe_natural<std::uint64_t>("before", fields.before);
    if (!before) {
        return before.error();
    }
    const auto after = maybe_natural<std::uint64_t>("after", fields.after);
    if (!after) {
        return after.error();
    }
    const auto from = maybe_natural<std::int64_t>("from", fields.from);
    if (!from) {
        return from.error();
    }
    const auto to = maybe_natural<std::int64_t>("to", fields.to);
    if (!to) {
        return to.error();
    }
    const auto limit = page(fields.limit);
    if (!limit) {
        return limit.error();
    }
    return history_request{*std::move(session), {*before, *after, *from, *to, *limit}};
}

result<sessions_request> check(const sessions_fields& fields) {
    sessions_request valid;
    if (const auto after = unless_empty(fields.after)) {
        if (auto session = session_id::parse(*after)) {
            valid.after = *std::move(session);
        } else if (auto cursor = parse_session_cursor(*after)) {
            valid.after = *std::move(cursor);
        } else {
            return at_fault(
                "after", "must be next of the page before, 1:<room> or 2:<user>:<user>"
            );
        }
    }
    const auto limit = page(fields.limit);
    if (!limit) {
        return limit.error();
    }
    valid.limit = *limit;
    return valid;
}

result<join_request> check(join_fields fields) {
    auto id = need_id("id", std::move(fields.id));
    if (!id) {
        return id.error();
    }
    return join_request{*std::move(id)};
}

result<leave_request> check(leave_fields fields) {
    auto id = need_id("id", std::move(fields.id));
    if (!id) {
        return id.error();
    }
    return leave_request{*std::move(id)};
}

result<members_request> check(members_fields fields) {
    auto room = need_id("id", std::move(fields.id));
    if (!room) {
        return room.error();
    }
    auto after = maybe_id("after", unless_empty(std::move(fields.after)));
    if (!after) {
        return after.error();
    }
    const auto limit = page(fields.limit);
    if (!limit) {
        return limit.error();
    }
    return members_request{*std::move(room), *std::move(after), *limit};
}

result<rooms_query> check(rooms_fields fields) {
    auto after = maybe_id("after", unless_empty(std::move(fields.after)));
    if (!after) {
        return after.error();
    }
    const auto limit = page(fields.limit);
    if (!limit) {
        return limit.error();
    }
    return rooms_query{*std::move(after), *limit};
}

}  // namespace gim::model
