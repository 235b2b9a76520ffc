#pragma once

#include "protocol/replies.hpp"
#include "protocol/requests.hpp"
#include "session/node.hpp"
#include "session/token_issuer.hpp"

namespace gim::session {

// Users come and go: a connection becomes a device of a user, receives what the user receives, and
// leaves.
//
// The functions return on the worker on which they were called; arguments must live until then.
class login_service {
public:
    login_service(node& all, const token_issuer& tokens) : all_(all), tokens_(tokens) {}

    // REQUIRES: called on the connection's worker; `box` outlives its logout(). `connection.form`
    // is what it will be pushed.
    storage::async_result<protocol::login_reply> login(
        const protocol::login_request& request,
        const connection_ref& connection,
        push::outbox& box
    );
    // A new token for a connection that is logged in as that user already; a new name if one is
    // given.
    storage::async_result<protocol::login_reply> renew(const protocol::login_request& request);

    // After it returns, nothing refers to the connection any more.
    boost::asio::awaitable<void>
    logout(const protocol::user& user, const connection_ref& connection);

private:
    storage::async_result<protocol::user> remember(const protocol::login_request& request);
    storage::async_result<protocol::user>
    connect(const protocol::login_request& request, const connection_ref& connection);
    protocol::login_reply welcome(protocol::user user) const;

    node& all_;
    const token_issuer& tokens_;
};

}  // namespace gim::session
