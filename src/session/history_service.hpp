#pragma once

#include "protocol/replies.hpp"
#include "protocol/requests.hpp"
#include "session/node.hpp"

namespace gim::session {

// Reading back: the messages of a session, for its members or its two parties.
class history_service {
public:
    explicit history_service(node& all) : all_(all) {}

    // Returns on the worker on which it was called; the arguments must live until then.
    storage::async_result<protocol::history_reply>
    history(const caller& who, const protocol::history_request& request);

private:
    storage::async_result<protocol::history_reply>
    read(const caller& who, const protocol::history_request& request);

    node& all_;
};

}  // namespace gim::session
