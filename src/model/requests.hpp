#pragma once

#include "model/ids.hpp"
#include "model/session_cursor.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// What a client may ask, the same for every dialect (JSON, protobuf, HTTP). The decoders deliver
// only requests that are valid: ids as ids.hpp says, limits kept.
namespace gim::model {

inline constexpr std::size_t max_name_bytes = 64;
inline constexpr std::size_t max_category_bytes = 64;
inline constexpr std::size_t max_content_bytes = 32 * 1024;
inline constexpr std::size_t max_batch_targets = 1000;
inline constexpr std::size_t default_page = 50;
inline constexpr std::size_t max_page = 300;
// A page of messages, asked for or pushed, ends before its contents exceed this, so that one frame
// is well below what an outbox holds even when every byte of them must be escaped. One message
// always fits.
inline constexpr std::size_t max_page_content_bytes = 96 * 1024;

struct login_request {
    std::string id = {};                    // empty: not given, a token says who it is
    std::optional<std::string> name = {};   // absent: the name known from before, else the id
    std::optional<std::string> token = {};  // not checked
};

struct logout_request {};

struct heartbeat_request {};

struct refresh_request {
    std::string token;  // not checked
};

struct send_request {
    session_type type = session_type::room;
    std::string target_id;  // the room, or the receiving user
    std::string category = "text";
    std::string content;  // valid UTF-8
    // Names the request, so that a copy of it is answered the same and sends nothing.
    std::optional<std::string> request_id = {};
};

// Who sends, as a back end says.
struct named_sender {
    std::string id;
    std::optional<std::string> name;  // absent: as a login's
};

// HTTP only: a message, and in whose name a back end sends it.
struct posted_message {
    send_request message;
    std::optional<named_sender> sender;
};

struct send_target {
    session_type type = session_type::room;
    std::string target_id;
};

// HTTP only: one message for many.
struct posted_batch {
    send_request message;  // its type and target say nothing
    std::optional<named_sender> sender;
    std::vector<send_target> targets;  // 1 to max_batch_targets
};

// The page of a session's messages. Newest first; with `after`, oldest first from there.
struct history_query {
    std::optional<std::uint64_t> before;  // sequences below this
    std::optional<std::uint64_t> after;   // sequences above this
    std::optional<std::int64_t> from;     // created_at at or after, ms
    std::optional<std::int64_t> to;       // created_at at or before, ms
    std::size_t limit = default_page;     // 1 to max_page
};

struct history_request {
    session_id session;
    history_query query;
};

struct sessions_request {
    // Continue behind this place; behind the place that the session has now, if it is only an id.
    std::optional<std::variant<session_cursor, session_id>> after;
    std::size_t limit = default_page;
};

struct join_request {
    std::string room;
};

struct leave_request {
    std::string room;
};

struct members_request {
    std::string room;
    std::optional<std::string> after;  // ids above this
    std::size_t limit = default_page;
};

using request = std::variant<
    login_request,
    logout_request,
    heartbeat_request,
    refresh_request,
    send_request,
    history_request,
    sessions_request,
    join_request,
    leave_request,
    members_request>;

}  // namespace gim::model
