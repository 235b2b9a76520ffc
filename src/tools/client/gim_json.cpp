#include "tools/client/gim_json.hpp"

#include <algorithm>
#include <charconv>

namespace gim::client {

namespace {

// A number that follows `"<name>":`, whatever quotes and backslashes stand between. Empty: it is
// not there.
template <class Integer>
bool number_behind(std::string_view text, std::size_t at, Integer& value) noexcept {
    at = text.find_first_not_of("\\\":", at);
    if (at == std::string_view::npos) {
        return false;
    }
    const auto [end, ec] = std::from_chars(text.data() + at, text.data() + text.size(), value);
    return ec == std::errc{};
}

}  // namespace

void gim_json::append(std::string_view op, std::string_view body, std::string& out) const {
    out.append("{\"op\":").append(op).append(",\"body\":");
    if (form_ == gim_form::json_object) {
        out.append(body);
    } else {
        out += '"';
        for (const char c : body) {  // quotes are all that our bodies hold to be escaped
            if (c == '"') {
                out += '\\';
            }
            out += c;
        }
        out += '"';
    }
    out += '}';
}

void gim_json::login(std::string_view user, std::string& out) const {
    append("101", "{\"id\":\"" + std::string(user) + "\"}", out);
}

void gim_json::join(std::string_view room, std::string& out) const {
    append("301", "{\"id\":\"" + std::string(room) + "\"}", out);
}

void gim_json::send(int type, std::string_view target, std::string_view content, std::string& out)
    const {
    std::string body = "{\"type\":" + std::to_string(type) + ",\"target_id\":\"";
    body.append(target).append("\",\"content\":\"").append(content).append("\"}");
    append("201", body, out);
}

void gim_json::history(std::string_view session, std::size_t limit, std::string& out) const {
    std::string body = "{\"session_id\":\"";
    body.append(session).append("\",\"limit\":").append(std::to_string(limit)).append("}");
    append("203", body, out);
}

// gim writes `op` first, `code` before what else is in a reply, and `skipped` last in a push, so
// those are the places where they are looked for.
bool gim_json::read(std::string_view payload, gim_frame& frame) const {
    constexpr std::string_view begin = "{\"op\":";
    if (!payload.starts_with(begin) || !number_behind(payload, begin.size(), frame.op)) {
        return false;
    }
    frame.data = payload;
    if (frame.op == 107) {
        return true;
    }
    if (frame.op == 207) {
        constexpr std::string_view name = "skipped";
        // Behind it there are 20 digits and some quotes and brackets at most.
        const auto tail =
            payload.substr(payload.size() - std::min<std::size_t>(payload.size(), 40));
        const std::size_t at = tail.find(name);
        return at != std::string_view::npos && number_behind(tail, at + name.size(), frame.skipped);
    }
    constexpr std::string_view name = "code";
    const std::size_t at = payload.find(name);
    return at != std::string_view::npos && number_behind(payload, at + name.size(), frame.code);
}

std::string gim_json::token(std::string_view data) const {
    constexpr std::string_view name = "token";
    std::size_t at = data.find(name);
    if (at == std::string_view::npos) {
        return {};
    }
    at = data.find_first_not_of("\\\":", at + name.size());
    const std::size_t end = data.find_first_of("\\\"", at);
    return at == std::string_view::npos ? std::string() : std::string(data.substr(at, end - at));
}

}  // namespace gim::client
