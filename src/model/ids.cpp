#include "model/ids.hpp"

#include <algorithm>
#include <cassert>

namespace gim::model {

namespace {

bool is_id_char(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == '@';
}

constexpr std::size_t prefix_bytes = 2;  // "1:" or "2:"

}  // namespace

bool is_valid_id(std::string_view id) noexcept {
    return !id.empty() && id.size() <= max_id_bytes &&
           std::all_of(id.begin(), id.end(), is_id_char);
}

session_id session_id::room(std::string_view room) {
    assert(is_valid_id(room));
    return session_id(std::string("1:").append(room));
}

session_id session_id::between(std::string_view a, std::string_view b) {
    assert(is_valid_id(a) && is_valid_id(b));
    const auto& [low, high] = std::minmax(a, b);
    return session_id(std::string("2:").append(low).append(":").append(high));
}

std::optional<session_id> session_id::parse(std::string_view text) {
    if (text.starts_with("1:")) {
        const auto id = text.substr(prefix_bytes);
        if (is_valid_id(id)) {
            return room(id);
        }
    } else if (text.starts_with("2:")) {
        const auto ids = text.substr(prefix_bytes);
        const auto colon = ids.find(':');
        if (colon == std::string_view::npos) {
            return {};
        }
        const auto a = ids.substr(0, colon);
        const auto b = ids.substr(colon + 1);
        if (is_valid_id(a) && is_valid_id(b)) {
            return between(a, b);
        }
    }
    return {};
}

session_type session_id::type() const noexcept {
    return text_.front() == '1' ? session_type::room : session_type::private_chat;
}

std::string_view session_id::room_id() const noexcept {
    assert(type() == session_type::room);
    return std::string_view(text_).substr(prefix_bytes);
}

std::pair<std::string_view, std::string_view> session_id::parties() const noexcept {
    assert(type() == session_type::private_chat);
    const auto ids = std::string_view(text_).substr(prefix_bytes);
    const auto colon = ids.find(':');
    return {ids.substr(0, colon), ids.substr(colon + 1)};
}

bool session_id::has_party(std::string_view user) const noexcept {
    const auto [a, b] = parties();
    return user == a || user == b;
}

std::string_view session_id::other_party(std::string_view user) const noexcept {
    assert(has_party(user));
    const auto [a, b] = parties();
    return user == a ? b : a;
}

}  // namespace gim::model
