#include "session/login_service.hpp"

namespace gim::session {

using protocol::login_reply;
using protocol::login_request;
using protocol::user;
using storage::async_result;

protocol::login_reply login_service::welcome(user who) const {
    const auto now = all_.now_ms();
    auto token = tokens_.issue(who, now);
    return {std::move(token), std::move(who), now};
}

async_result<login_reply> login_service::login(
    const login_request& request,
    const connection_ref& connection,
    push::outbox& box
) {
    auto& origin = all_.here();
    // Before the user's home knows the connection, so that what it sends finds it here.
    origin.audience.attach(connection.id, box, connection.form);
    auto who = co_await worker::and_return(origin.thread, connect(request, connection));
    if (!who) {
        origin.audience.detach(connection.id);
        co_return who.error();
    }
    co_return welcome(std::move(*who));
}

async_result<login_reply> login_service::renew(const login_request& request) {
    auto who = co_await worker::and_return(all_.here().thread, remember(request));
    if (!who) {
        co_return who.error();
    }
    co_return welcome(std::move(*who));
}

// Leaves the coroutine at the user's home.
async_result<user> login_service::remember(const login_request& request) {
    auto& home = all_.home_of_user(request.id);
    co_await worker::hop(home.thread);
    auto known = co_await home.store->find_user(request.id);
    if (!known) {
        co_return known.error();
    }
    user who{request.id, request.id};
    if (*known) {
        who = **known;
    }
    if (request.name) {
        who.name = *request.name;
    }
    if (*known != who) {
        auto kept = co_await home.store->put_user(who);
        if (!kept) {
            co_return kept.error();
        }
    }
    co_return who;
}

// Leaves the coroutine at the user's home.
async_result<user>
login_service::connect(const login_request& request, const connection_ref& connection) {
    auto who = co_await remember(request);
    if (!who) {
        co_return who.error();
    }
    auto& home = all_.home_of_user(request.id);
    auto rooms = co_await home.store->rooms_of(request.id);
    if (!rooms) {
        co_return rooms.error();
    }
    home.users.connect(request.id, connection);
    auto& target = all_.at(connection.worker);
    target.thread.run([&target, id = connection.id, rooms = std::move(*rooms)] {
        for (const auto& [room, joined_at] : rooms) {
            target.audience.subscribe(id, protocol::session_id::room(room).text());
        }
    });
    co_return who;
}

boost::asio::awaitable<void>
login_service::logout(const user& who, const connection_ref& connection) {
    auto& origin = all_.here();
    auto& home = all_.home_of_user(who.id);
    origin.audience.detach(connection.id);
    co_await worker::hop(home.thread);
    home.users.disconnect(who.id, connection.id);
    co_await worker::hop(origin.thread);
}

}  // namespace gim::session
