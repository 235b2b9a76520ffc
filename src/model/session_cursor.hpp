#pragma once

#include "model/ids.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gim::model {

// A place in a user's list of sessions. The list runs from new to old, and by descending session id
// where the times are equal.
//
// Problem: a session moves in the list when it gets a message, and leaves it. A page that continues
// behind the present place of a session repeats or skips others. So a cursor holds the place
// itself, and stays valid whatever happens to the session.
struct session_cursor {
    std::int64_t updated_at = 0;  // ms
    session_id session;

    friend bool operator==(const session_cursor&, const session_cursor&) = default;
};

// True if a session at `a` stands before a session at `b`.
bool comes_before(const session_cursor& a, const session_cursor& b) noexcept;

// The form that clients send back: "<updated_at>~<session id>", which is no session id.
std::string to_text(const session_cursor& cursor);
// Empty if the text is no cursor.
std::optional<session_cursor> parse_session_cursor(std::string_view text);

}  // namespace gim::model
