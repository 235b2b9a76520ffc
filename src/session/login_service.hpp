#pragma once

#include "auth/authority.hpp"
#include "model/replies.hpp"
#include "model/requests.hpp"
#include "node/node.hpp"
#include "session/login_asker.hpp"

namespace gim::session {

// Users come and go: a connection becomes a device of a user, receives what the user receives, and
// leaves.
//
// The functions return on the worker on which they were called; arguments must live until then.
class login_service {
public:
    // Both are borrowed; `asker` may be null unless logins are asked of it.
    login_service(node::node& all, const auth::authority& tokens, login_asker* asker)
        : all_(all), tokens_(tokens), asker_(asker) {}

    bool needs_proof() const noexcept { return tokens_.logins() != auth::login_mode::none; }
    // Whom a login or a refresh is from; see auth::authority and login_asker. `address` is the
    // client's.
    worker::async_result<auth::identity>
    admit(const model::login_request& request, const std::string& address);

    // REQUIRES: called on the connection's worker; `box` outlives its logout(). `connection.form`
    // is what it will be pushed, from `connection.rooms`, which are those of `who`.
    worker::async_result<model::login_reply>
    login(const auth::identity& who, const node::connection_ref& connection, push::outbox& box);
    // For a connection that is logged in as that user already: the new token's name, if it has one,
    // and rooms.
    worker::async_result<model::login_reply>
    renew(const auth::identity& who, const node::connection_ref& connection);

    // After it returns, nothing refers to the connection any more.
    boost::asio::awaitable<void>
    logout(const model::user& user, const node::connection_ref& connection);

private:
    worker::async_result<model::user> remember(const auth::identity& who);
    worker::async_result<model::user>
    connect(const auth::identity& who, const node::connection_ref& connection);
    void make_room(node::shard& home, std::string_view user);
    worker::async_result<std::vector<model::session_id>>
    rooms_of(node::shard& home, std::string_view user);
    // With a store that tells what others do: when it completes, it tells what happens in all of
    // the rooms. Ends on any worker.
    worker::async_result<void> await_watches(
        const node::connection_ref& connection,
        const std::vector<model::session_id>& rooms
    );
    model::login_reply welcome(const auth::identity& who, model::user user) const;

    node::node& all_;
    const auth::authority& tokens_;
    login_asker* const asker_;
};

}  // namespace gim::session
