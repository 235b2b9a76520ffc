#pragma once

#include "protocol/replies.hpp"
#include "protocol/requests.hpp"
#include "session/node.hpp"

namespace gim::session {

// The conversations of a user, newest first: the private sessions and the rooms the user is in,
// each with its last message.
class session_list_service {
public:
    explicit session_list_service(node& all) : all_(all) {}

    // Returns on the worker on which it was called; the arguments must live until then.
    storage::async_result<protocol::sessions_reply>
    sessions(const caller& who, const protocol::sessions_request& request);

private:
    using list = std::vector<protocol::session_summary>;

    storage::async_result<protocol::sessions_reply>
    collect(const caller& who, const protocol::sessions_request& request);
    storage::async_result<list> rooms(const caller& who);
    storage::async_result<list> private_sessions(
        const caller& who,
        const std::optional<protocol::session_cursor>& after,
        std::size_t limit
    );
    // The place that the page continues behind. Empty: the page is the first one, also if the
    // request names a session that has left the list. 400 for a private session of others.
    storage::async_result<std::optional<protocol::session_cursor>>
    find_place(const caller& who, const protocol::sessions_request& request, const list& rooms);
    storage::async_result<void> fill_last_messages(list& items);
    storage::async_result<void> fill_titles(const caller& who, list& items);

    node& all_;
};

}  // namespace gim::session
