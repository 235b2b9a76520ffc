#pragma once

#include "model/replies.hpp"
#include "model/requests.hpp"
#include "node/node.hpp"

namespace gim::session {

// Sending: checked, stored, and on its way to the receivers when it returns.
class send_service {
public:
    explicit send_service(node::node& all) : all_(all) {}

    // Returns on the worker on which it was called; the arguments must live until then.
    worker::async_result<model::send_reply>
    send(const node::caller& who, const model::send_request& request);

private:
    worker::async_result<void> take_send_of(const node::caller& who);
    worker::async_result<model::send_reply>
    send_to_room(const node::caller& who, const model::send_request& request);
    worker::async_result<model::send_reply>
    send_to_user(const node::caller& who, const model::send_request& request);
    struct private_message {
        const model::session_id& session;
        const model::user& receiver;
        const model::message_ptr& message;
    };
    void push_to_parties(const node::caller& who, const private_message& sent);
    worker::async_result<model::send_reply>
    list(const node::caller& who, const model::send_request& request, model::send_reply sent);

    node::node& all_;
};

}  // namespace gim::session
