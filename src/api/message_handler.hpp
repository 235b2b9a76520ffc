#pragma once

#include "api/question.hpp"
#include "model/requests.hpp"
#include "session/services.hpp"

#include <optional>

namespace gim::api {

// Sending over HTTP: a user sends as that user, a back end as whom it names.
//
// Threads: any worker's.
class message_handler {
public:
    // Borrowed; must outlive the handler.
    message_handler(session::services& services, node::node& all)
        : services_(services), all_(all) {}

    // All return on the worker on which they were called; `q` must live until then.
    future_reply send(const question& q);
    future_reply send_many(const question& q);

private:
    // Whose message it is. 403: a user names a sender.
    boost::asio::awaitable<model::result<node::caller>>
    sender_of(const node::caller& who, const std::optional<model::named_sender>& named);

    // Null unless that user is traced.
    trace::note_ptr note_of(const node::caller& sender, const question& q);
    void tell_answer(const trace::note_ptr& note, const model::result<model::send_reply>& sent);

    session::services& services_;
    node::node& all_;
};

}  // namespace gim::api
