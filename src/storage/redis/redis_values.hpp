#pragma once

#include "model/replies.hpp"
#include "model/requests.hpp"
#include "redis/reply.hpp"
#include "storage/store.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gim::storage {

// Reads what Redis says, as far as it is what gim writes there.
//
// Problem: others may write to the same Redis, by mistake or not. What they wrote must not get into
// the process as an id that is none, a text that is no UTF-8, or a count below 0. So each value is
// checked here, what is wrong is left out, and `wrong` counts it.

// As far as Lua and sorted sets count exactly. No sequence and no time is beyond it.
inline constexpr std::int64_t max_redis_number = std::int64_t{1} << 53;

// A number from 0 to max_redis_number; empty: it is another one, or none.
std::optional<std::int64_t> read_number_of(redis::reply_view value) noexcept;
// The same of a count; 0 if it is absent or wrong.
std::uint64_t read_count(redis::reply_view value, std::size_t& wrong) noexcept;
// The ids of users or rooms in a list.
std::vector<std::string> read_ids(redis::reply_view list, std::size_t& wrong);

// The text is fit for a client: UTF-8 of at most so many bytes.
bool is_fit_text(std::string_view text, std::size_t max_bytes) noexcept;
// What an epoch, of all or of a session, may be.
bool is_epoch(std::string_view text) noexcept;
// What SCRIPT LOAD returns.
bool is_script_name(std::string_view text) noexcept;

// How the user is called; the id if that is wrong.
std::string read_name(std::string_view name, std::string_view user, std::size_t& wrong);
// From the names and times of a user's list of rooms, one after the other; sorted.
std::vector<std::pair<std::string, std::int64_t>>
read_rooms_of(redis::reply_view list, std::size_t& wrong);
// From sessions and times of a user's list; none of others. In the list's order.
std::vector<private_session>
read_private_sessions(redis::reply_view list, std::string_view user, std::size_t& wrong);

// A message that was put into a user's list, by its number there.
struct numbered_touch {
    std::uint64_t number = 0;
    model::session_id session;
    std::uint64_t sequence = 0;
};
std::vector<numbered_touch>
read_touches(redis::reply_view list, std::string_view user, std::size_t& wrong);

// A session between two users, of whom `user` is one; empty: it is none.
std::optional<model::session_id> read_session_of(std::string_view text, std::string_view user);

// Puts what history.lua returned into the page, behind what it has: `epoch` is that of the session
// itself, "" if it has none. Returns the record behind which the page goes on; empty: the page is
// full, or there is nothing more. As long as the reply.
std::optional<std::string_view> read_history(
    redis::reply_view reply,
    const model::history_query& query,
    model::history_reply& page,
    std::size_t& wrong
);

// What is kept of the first copy of a request: HASH ID SEQUENCE CREATED_AT.
struct kept_answer {
    std::uint64_t content_hash = 0;
    receipt answer;
};
std::optional<kept_answer> read_answer(std::string_view text);

}  // namespace gim::storage
