#pragma once

#include "base/salted_hash.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace gim::model {

inline constexpr std::size_t max_id_bytes = 64;

// True for 1 to 64 of A-Z a-z 0-9 _ - . @, the ids of users and rooms. ':' separates the parts of a
// session id.
bool is_valid_id(std::string_view id) noexcept;

// The sender of what a back end sends in no user's name. Nobody logs in by it.
inline constexpr std::string_view system_user_id = "system";

enum class session_type : int {
    room = 1,         // a chatroom or game lobby: "1:<room>"
    private_chat = 2  // two users: "2:<a>:<b>", the two ids sorted
};

// The id of a conversation, always in its one normal form, so that equal sessions have equal texts.
class session_id {
public:
    // REQUIRES: is_valid_id() of every argument.
    static session_id room(std::string_view room);
    static session_id between(std::string_view a, std::string_view b);

    // Understands "1:<room>" and "2:<a>:<b>" in either order of a and b; empty for anything else.
    static std::optional<session_id> parse(std::string_view text);

    session_type type() const noexcept;
    const std::string& text() const noexcept { return text_; }

    // The views below live as long as this object.
    // REQUIRES: type() == room.
    std::string_view room_id() const noexcept;
    // REQUIRES: type() == private_chat.
    std::pair<std::string_view, std::string_view> parties() const noexcept;
    bool has_party(std::string_view user) const noexcept;
    // The other of the two; `user` itself in a session with oneself. REQUIRES: has_party(user).
    std::string_view other_party(std::string_view user) const noexcept;

    friend bool operator==(const session_id&, const session_id&) = default;

private:
    explicit session_id(std::string text) : text_(std::move(text)) {}

    std::string text_;
};

}  // namespace gim::model

template <>
struct std::hash<gim::model::session_id> {
    std::size_t operator()(const gim::model::session_id& id) const {
        return gim::base::hash_for_tables(id.text());
    }
};
