#pragma once

#include "gateway/frame_handler.hpp"
#include "gateway/gateway_options.hpp"
#include "protocol/replies.hpp"
#include "protocol/requests.hpp"
#include "protocol/websocket_frame.hpp"
#include "push/frame.hpp"
#include "session/services.hpp"

namespace gim::gateway {

// Answers the frames of connections: decodes them, asks the service that the op names, and sends
// the reply.
//
// Threads: stateless; every worker may use the same one.
class router final : public frame_handler {
public:
    // Both are borrowed and must outlive the router.
    router(session::services& services, session::node& all, const gateway_options& options)
        : services_(services), all_(all), options_(options) {}

    boost::asio::awaitable<void>
    on_frame(connection& from, protocol::frame_kind kind, std::string_view bytes) override;
    boost::asio::awaitable<void> on_end(connection& from) override;

private:
    using answer = storage::async_result<protocol::reply>;

    // Compressed, if that was agreed on and is worth it. REQUIRES: on the connection's worker.
    push::frame_ptr send(connection& to, protocol::websocket_frame f);
    void
    refuse_undecodable(connection& from, protocol::frame_kind kind, const protocol::error& why);

    // What a request asks for: its own answer for every kind of request. `form` is that of the
    // request's frame.
    answer ask(
        connection& from,
        protocol::wire_form form,
        const protocol::request& r,
        const trace::note_ptr& note
    );
    answer login(connection& from, protocol::wire_form form, const protocol::login_request& r);
    answer refresh(connection& from, const protocol::refresh_request& r);
    // Whom the request is from. The connection remembers a bad token, to be closed behind the
    // reply.
    storage::async_result<auth::identity> admit(connection& from, const protocol::login_request& r);
    // A connection that is logged in has proved again who its user is.
    storage::async_result<protocol::login_reply> renew(connection& from, const auth::identity& who);
    // From now on the connection is that user's, for as long as the proof counts.
    void keep(connection& from, const auth::identity& who, const protocol::user& as);
    answer logout(connection& from);
    answer heartbeat();

    session::services& services_;
    session::node& all_;
    const gateway_options& options_;
};

}  // namespace gim::gateway
