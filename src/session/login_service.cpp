#include "session/login_service.hpp"

#include "base/utf8_check.hpp"
#include "node/changing.hpp"
#include "node/device_rooms.hpp"
#include "observe/stats/counters.hpp"
#include "storage/feed.hpp"

namespace gim::session {

using auth::identity;
using model::login_reply;
using model::user;
using worker::async_result;

namespace {

// It goes on as JSON. What came with the upgrade may be any bytes.
bool is_fit_to_ask(std::string_view token) {
    return token.size() <= auth::max_token_bytes && base::is_utf8(token);
}

void trace_receiver(
    node::shard& origin,
    const identity& who,
    const node::connection_ref& connection,
    push::outbox& box
) {
    if (origin.tracer->is_on()) {
        origin.tracer->connected(who.id(), connection.id, box);
    }
}

void forget_receiver(node::shard& origin, const node::connection_ref& connection) {
    origin.audience.detach(connection.id);
    if (origin.tracer->is_on()) {
        origin.tracer->disconnected(connection.id);
    }
}

}  // namespace

login_reply login_service::welcome(const identity& who, user as) const {
    const auto now = all_.now_ms();
    auto token = tokens_.issue(as, who, now);
    return {std::move(token), std::move(as), now, who.expires_at};
}

async_result<identity>
login_service::admit(const model::login_request& request, const std::string& address) {
    if (tokens_.logins() != auth::login_mode::url) {
        co_return tokens_.admit(request, all_.now_ms());
    }
    if (!request.token && request.id.empty()) {
        co_return model::error{model::status::unauthorized, "token: missing"};
    }
    if (request.token && !is_fit_to_ask(*request.token)) {
        co_return model::error{model::status::unauthorized, "token: not valid"};
    }
    const login_question question{request.token, request.id, request.name, address};
    auto who = co_await asker_->ask(question);
    if (!who) {
        co_return who.error();
    }
    co_return tokens_.agree(request, *std::move(who));
}

async_result<login_reply> login_service::login(
    const identity& who,
    const node::connection_ref& connection,
    push::outbox& box
) {
    auto& origin = all_.here();
    // Before the user's home knows the connection, so that what it sends finds it here.
    origin.audience.attach(connection.id, box, {connection.form, connection.packed});
    trace_receiver(origin, who, connection, box);
    auto as = co_await node::changing(origin, connect(who, connection));
    if (!as) {
        const user nobody{who.id(), who.id()};
        co_await logout(nobody, connection);
        co_return as.error();
    }
    // Once more: a trace that began meanwhile has not found the connection at the user's home.
    trace_receiver(origin, who, connection, box);
    origin.thread.counters().add(stats::event::login);
    co_return welcome(who, std::move(*as));
}

async_result<login_reply>
login_service::renew(const identity& who, const node::connection_ref& connection) {
    auto as = co_await node::changing(all_.here(), connect(who, connection));
    if (!as) {
        co_return as.error();
    }
    co_return welcome(who, std::move(*as));
}

// Leaves the coroutine at the user's home.
async_result<user> login_service::remember(const identity& who) {
    auto& home = all_.home_of_user(who.id());
    co_await worker::hop(home.thread);
    const user as{who.id(), who.name ? *who.name : who.id()};
    if (!who.name) {
        co_return co_await home.store->add_user(as);
    }
    auto kept = co_await home.store->put_user(as);
    if (!kept) {
        co_return kept.error();
    }
    co_return as;
}

// Leaves the coroutine at the user's home.
async_result<user>
login_service::connect(const identity& who, const node::connection_ref& connection) {
    auto as = co_await remember(who);
    if (!as) {
        co_return as.error();
    }
    auto& home = all_.home_of_user(who.id());
    const bool is_shared = home.store->changes() != nullptr;
    if (is_shared) {
        // Before the rooms are read, so that what others change from then on is heard.
        home.users.connect(who.id(), connection);
        auto told = co_await home.store->changes()->watching_user(who.id());
        if (!told) {
            co_return told.error();
        }
    }
    auto rooms = co_await rooms_of(home, who.id());
    if (!rooms) {
        co_return rooms.error();
    }
    home.users.connect(who.id(), connection);
    make_room(home, who.id());
    auto& target = all_.at(connection.worker);
    target.thread.run([&target, connection, rooms = *rooms] {
        for (const auto& room : rooms) {
            if (connection.rooms.allows(room.room_id())) {
                target.audience.subscribe(connection.id, room.text());
            } else {
                target.audience.unsubscribe(connection.id, room.text());
            }
        }
    });
    if (is_shared) {
        auto told = co_await await_watches(connection, *rooms);
        if (!told) {
            co_return told.error();
        }
    }
    co_return as;
}

// In a store that others change, too, the list may name one in which the user no longer is.
async_result<std::vector<model::session_id>>
login_service::rooms_of(node::shard& home, std::string_view user) {
    auto listed = co_await home.store->rooms_of(user);
    if (!listed) {
        co_return listed.error();
    }
    std::vector<model::session_id> rooms;
    for (const auto& [room, joined_at] : *listed) {
        if (home.store->changes() != nullptr) {
            auto inside = co_await home.store->is_member(room, user);
            if (!inside) {
                co_return inside.error();
            }
            if (!*inside) {
                auto removed = co_await node::strike_off(all_, user, room);
                if (!removed) {
                    co_return removed.error();
                }
                continue;  // if it is back, that is told
            }
        }
        rooms.push_back(model::session_id::room(room));
    }
    co_return rooms;
}

// The homes of the rooms hear of the connection by its worker, so that is visited first.
async_result<void> login_service::await_watches(
    const node::connection_ref& connection,
    const std::vector<model::session_id>& rooms
) {
    co_await worker::hop(all_.at(connection.worker).thread);
    for (const auto& room : rooms) {
        if (connection.rooms.allows(room.room_id())) {
            auto told = co_await node::await_watch(all_, room);
            if (!told) {
                co_return told.error();
            }
        }
    }
    co_return model::result<void>();
}

// Who comes is wanted more than who was there: the oldest connection may be one that is dead and
// not yet found to be.
void login_service::make_room(node::shard& home, std::string_view user) {
    const auto limit = all_.options().limits.connections_per_user;
    while (limit != 0 && home.users.connections(user).size() > limit) {
        const auto oldest = home.users.connections(user).front();
        // At once, so that no login to come closes it a second time in place of another.
        home.users.disconnect(user, oldest.id);
        all_.close_connection(
            oldest,
            websocket::close_code::replaced,
            "more connections than a user may have, and this was the oldest"
        );
    }
}

boost::asio::awaitable<void>
login_service::logout(const user& who, const node::connection_ref& connection) {
    auto& origin = all_.here();
    auto& home = all_.home_of_user(who.id);
    forget_receiver(origin, connection);
    co_await worker::hop(home.thread);
    home.users.disconnect(who.id, connection.id);
    co_await worker::hop(origin.thread);
}

}  // namespace gim::session
