#pragma once

#include "session/history_service.hpp"
#include "session/login_service.hpp"
#include "session/node_service.hpp"
#include "session/room_service.hpp"
#include "session/send_service.hpp"
#include "session/session_list_service.hpp"
#include "session/trace_service.hpp"
#include "session/user_service.hpp"

namespace gim::session {

// All that the two doors, WebSocket and HTTP, may ask of the rules.
struct services {
    // `asker` may be null unless logins are asked of it.
    services(node::node& all, const auth::authority& tokens, login_asker* asker = nullptr)
        : logins(all, tokens, asker),
          sends(all),
          histories(all),
          sessions(all),
          rooms(all),
          users(all),
          traces(all),
          nodes(all) {}

    login_service logins;
    send_service sends;
    history_service histories;
    session_list_service sessions;
    room_service rooms;
    user_service users;
    trace_service traces;
    node_service nodes;
};

}  // namespace gim::session
