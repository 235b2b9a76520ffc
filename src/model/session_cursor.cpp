#include "model/session_cursor.hpp"

#include <charconv>
#include <system_error>
#include <utility>

namespace gim::model {

namespace {

// Neither in ids nor in session ids, and needs no escape in a URL.
constexpr char separator = '~';

}  // namespace

bool comes_before(const session_cursor& a, const session_cursor& b) noexcept {
    return a.updated_at != b.updated_at ? a.updated_at > b.updated_at
                                        : a.session.text() > b.session.text();
}

std::string to_text(const session_cursor& cursor) {
    return std::to_string(cursor.updated_at).append(1, separator).append(cursor.session.text());
}

std::optional<session_cursor> parse_session_cursor(std::string_view text) {
    const auto end = text.find(separator);
    if (end == std::string_view::npos) {
        return {};
    }
    const auto time = text.substr(0, end);
    std::int64_t updated_at = 0;
    const auto [stopped, problem] =
        std::from_chars(time.data(), time.data() + time.size(), updated_at);
    if (problem != std::errc() || stopped != time.data() + time.size()) {
        return {};
    }
    auto session = session_id::parse(text.substr(end + 1));
    if (!session) {
        return {};
    }
    return session_cursor{updated_at, *std::move(session)};
}

}  // namespace gim::model
