#pragma once

#include "model/replies.hpp"
#include "model/requests.hpp"
#include "node/node.hpp"

namespace gim::session {

// The conversations of a user, newest first: the private sessions and the rooms the user is in,
// each with its last message.
class session_list_service {
public:
    explicit session_list_service(node::node& all) : all_(all) {}

    // Returns on the worker on which it was called; the arguments must live until then.
    worker::async_result<model::sessions_reply>
    sessions(const node::caller& who, const model::sessions_request& request);

private:
    using list = std::vector<model::session_summary>;

    worker::async_result<model::sessions_reply>
    collect(const node::caller& who, const model::sessions_request& request);
    worker::async_result<list> rooms(const node::caller& who);
    worker::async_result<list> private_sessions(
        const node::caller& who,
        const std::optional<model::session_cursor>& after,
        std::size_t limit
    );
    // The place that the page continues behind. Empty: the page is the first one, also if the
    // request names a session that has left the list. 400 for a private session of others.
    worker::async_result<std::optional<model::session_cursor>>
    find_place(const node::caller& who, const model::sessions_request& request, const list& rooms);
    worker::async_result<void> fill_last_messages(list& items);
    worker::async_result<void> fill_titles(const node::caller& who, list& items);

    node::node& all_;
};

}  // namespace gim::session
