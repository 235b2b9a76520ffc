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

    // 404 for an id that never logged in. Returns on the worker on which it was called.
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

// Fills names and presence by the ids, with one visit to every worker that is the home of some, and
// one question to every other node.
// Ends on any worker.
storage::async_result<void> describe_users(node& all, std::vector<protocol::user_reply>& users);

}  // namespace gim::session
