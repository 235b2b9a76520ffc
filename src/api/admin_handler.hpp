#pragma once

#include "api/question.hpp"
#include "session/services.hpp"

namespace gim::api {

// What only back ends may do to rooms and users, and see of the server.
//
// Threads: any worker's.
class admin_handler {
public:
    // Borrowed; must outlive the handler.
    admin_handler(session::services& services, node::node& all) : services_(services), all_(all) {}

    // All return on the worker on which they were called; `q` must live until then.
    future_reply create_room(const question& q);
    future_reply dismiss_room(const question& q);
    future_reply add_member(const question& q);
    future_reply remove_member(const question& q);
    future_reply disconnect(const question& q);
    future_reply counters();

private:
    session::services& services_;
    node::node& all_;
};

}  // namespace gim::api
