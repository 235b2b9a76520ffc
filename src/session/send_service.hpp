#pragma once

#include "protocol/replies.hpp"
#include "protocol/requests.hpp"
#include "session/node.hpp"

namespace gim::session {

// Sending: checked, stored, and on its way to the receivers when it returns.
class send_service {
public:
    explicit send_service(node& all) : all_(all) {}

    // Returns on the worker on which it was called; the arguments must live until then.
    storage::async_result<protocol::send_reply>
    send(const caller& who, const protocol::send_request& request);

private:
    storage::async_result<void> take_send_of(const caller& who);
    storage::async_result<protocol::send_reply>
    send_to_room(const caller& who, const protocol::send_request& request);
    storage::async_result<protocol::send_reply>
    send_to_user(const caller& who, const protocol::send_request& request);
    struct private_message {
        const protocol::session_id& session;
        const protocol::user& receiver;
        const protocol::message_ptr& message;
    };
    void push_to_parties(const caller& who, const private_message& sent);
    storage::async_result<protocol::send_reply>
    list(const caller& who, const protocol::send_request& request, protocol::send_reply sent);

    node& all_;
};

}  // namespace gim::session
