#pragma once

#include "auth/identity.hpp"
#include "model/replies.hpp"
#include "node/node.hpp"

#include <string_view>
#include <vector>

namespace gim::session {

// What any user may know of another, and what a back end may do to one.
class user_service {
public:
    explicit user_service(node::node& all) : all_(all) {}

    // 404 for an id that is not known: it never logged in, and make_known() did not add it. Returns
    // on the worker on which it was called.
    worker::async_result<model::user_reply> find(std::string_view id);
    // How somebody with that proof is called; also for an id that never logged in.
    worker::async_result<model::user> named(const auth::identity& who);

    // Closes all connections of the user, on all nodes, with 4503.
    worker::async_result<model::disconnect_reply> disconnect(std::string_view id);

private:
    worker::async_result<model::disconnect_reply> disconnect_at_home(std::string_view id);
    worker::async_result<model::user_reply> find_at_home(std::string_view id);

    node::node& all_;
};

// Adds the caller to the known users, if it asks over HTTP and has never logged in: a user whom a
// back end puts into a room, or who sends a private message, is found by others and can be written
// to. 503: there are as many users as there may be. Leaves the coroutine at the user's home.
worker::async_result<void> make_known(node::node& all, const node::caller& who);

// Fills names and presence by the ids, with one visit to every worker that is the home of some, and
// one question to every other node.
// Ends on any worker.
worker::async_result<void> describe_users(node::node& all, std::vector<model::user_reply>& users);

}  // namespace gim::session
