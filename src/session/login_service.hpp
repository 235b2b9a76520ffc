#pragma once

#include "auth/authority.hpp"
#include "protocol/replies.hpp"
#include "protocol/requests.hpp"
#include "session/login_asker.hpp"
#include "session/node.hpp"

namespace gim::session {

// Users come and go: a connection becomes a device of a user, receives what the user receives, and
// leaves.
//
// The functions return on the worker on which they were called; arguments must live until then.
class login_service {
public:
    // Both are borrowed; `asker` may be null unless logins are asked of it.
    login_service(node& all, const auth::authority& tokens, login_asker* asker)
        : all_(all), tokens_(tokens), asker_(asker) {}

    bool needs_proof() const noexcept { return tokens_.logins() != auth::login_mode::none; }
    // Whom a login or a refresh is from; see auth::authority and login_asker. `address` is the
    // client's.
    storage::async_result<auth::identity>
    admit(const protocol::login_request& request, const std::string& address);

    // REQUIRES: called on the connection's worker; `box` outlives its logout(). `connection.form`
    // is what it will be pushed, from `connection.rooms`, which are those of `who`.
    storage::async_result<protocol::login_reply>
    login(const auth::identity& who, const connection_ref& connection, push::outbox& box);
    // For a connection that is logged in as that user already: the new token's name, if it has one,
    // and rooms.
    storage::async_result<protocol::login_reply>
    renew(const auth::identity& who, const connection_ref& connection);

    // After it returns, nothing refers to the connection any more.
    boost::asio::awaitable<void>
    logout(const protocol::user& user, const connection_ref& connection);

private:
    storage::async_result<protocol::user> remember(const auth::identity& who);
    storage::async_result<protocol::user>
    connect(const auth::identity& who, const connection_ref& connection);
    void make_room(shard& home, std::string_view user);
    storage::async_result<std::vector<protocol::session_id>>
    rooms_of(shard& home, std::string_view user);
    // With a store that tells what others do: when it completes, it tells what happens in all of
    // the rooms. Ends on any worker.
    storage::async_result<void>
    await_watches(const connection_ref& connection, const std::vector<protocol::session_id>& rooms);
    protocol::login_reply welcome(const auth::identity& who, protocol::user user) const;

    node& all_;
    const auth::authority& tokens_;
    login_asker* const asker_;
};

}  // namespace gim::session
