#pragma once

#include "model/replies.hpp"
#include "model/requests.hpp"
#include "node/node.hpp"

namespace gim::session {

// Reading back: the messages of a session, for its members or its two parties.
class history_service {
public:
    explicit history_service(node::node& all) : all_(all) {}

    // Returns on the worker on which it was called; the arguments must live until then.
    worker::async_result<model::history_reply>
    history(const node::caller& who, const model::history_request& request);

private:
    worker::async_result<model::history_reply>
    read(const node::caller& who, const model::history_request& request);

    node::node& all_;
};

}  // namespace gim::session
