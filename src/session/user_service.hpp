#pragma once

#include "auth/identity.hpp"
#include "protocol/replies.hpp"
#include "session/node.hpp"

#include <string_view>
#include <vector>

namespace gim::session {

// What any user may know of another, and what a back end may do to one.
class user_service {
public:
    explicit user_service(node& all) : all_(all) {}

    // 404 for an id that is not known: it never logged in, and make_known() did not add it. Returns
    // on the worker on which it was called.
    storage::async_result<protocol::user_reply> find(std::string_view id);
    // How somebody with that proof is called; also for an id that never logged in.
    storage::async_result<protocol::user> named(const auth::identity& who);

    // Closes all connections of the user, on all nodes, with 4503.
    storage::async_result<protocol::disconnect_reply> disconnect(std::string_view id);

private:
    storage::async_result<protocol::disconnect_reply> disconnect_at_home(std::string_view id);
    storage::async_result<protocol::user_reply> find_at_home(std::string_view id);

    node& all_;
};

// Adds the caller to the known users, if it asks over HTTP and has never logged in: a user whom a
// back end puts into a room, or who sends a private message, is found by others and can be written
// to. 503: there are as many users as there may be. Leaves the coroutine at the user's home.
storage::async_result<void> make_known(node& all, const caller& who);

// Fills names and presence by the ids, with one visit to every worker that is the home of some, and
// one question to every other node.
// Ends on any worker.
storage::async_result<void> describe_users(node& all, std::vector<protocol::user_reply>& users);

}  // namespace gim::session
