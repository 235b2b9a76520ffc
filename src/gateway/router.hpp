#pragma once

#include "gateway/frame_handler.hpp"
#include "gateway/gateway_options.hpp"
#include "model/replies.hpp"
#include "model/requests.hpp"
#include "push/frame.hpp"
#include "session/services.hpp"
#include "websocket/websocket_frame.hpp"

namespace gim::gateway {

// Answers the frames of connections: decodes them, asks the service that the op names, and sends
// the reply.
//
// Threads: stateless; every worker may use the same one.
class router final : public frame_handler {
public:
    // Both are borrowed and must outlive the router.
    router(session::services& services, node::node& all, const gateway_options& options)
        : services_(services), all_(all), options_(options) {}

    boost::asio::awaitable<void>
    on_frame(connection& from, websocket::frame_kind kind, std::string_view bytes) override;
    boost::asio::awaitable<void> on_end(connection& from) override;

private:
    using answer = worker::async_result<model::reply>;

    // Compressed, if that was agreed on and is worth it. REQUIRES: on the connection's worker.
    push::frame_ptr send(connection& to, websocket::websocket_frame f);
    void refuse_undecodable(connection& from, websocket::frame_kind kind, const model::error& why);

    // What a request asks for: its own answer for every kind of request. `form` is that of the
    // request's frame.
    answer ask(
        connection& from,
        native::wire_form form,
        const model::request& r,
        const trace::note_ptr& note
    );
    answer login(connection& from, native::wire_form form, const model::login_request& r);
    answer refresh(connection& from, const model::refresh_request& r);
    // Whom the request is from. The connection remembers a bad token, to be closed behind the
    // reply.
    worker::async_result<auth::identity> admit(connection& from, const model::login_request& r);
    // A connection that is logged in has proved again who its user is.
    worker::async_result<model::login_reply> renew(connection& from, const auth::identity& who);
    // From now on the connection is that user's, for as long as the proof counts.
    void keep(connection& from, const auth::identity& who, const model::user& as);
    answer logout(connection& from);
    answer heartbeat();

    session::services& services_;
    node::node& all_;
    const gateway_options& options_;
};

}  // namespace gim::gateway
