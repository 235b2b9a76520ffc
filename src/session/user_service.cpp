#include "session/user_service.hpp"

namespace gim::session {

using protocol::disconnect_reply;
using protocol::user_reply;
using storage::async_result;

async_result<user_reply> user_service::find(std::string_view id) {
    return worker::and_return(all_.here().thread, find_at_home(id));
}

async_result<protocol::user> user_service::named(const auth::identity& who) {
    if (who.name) {
        co_return protocol::user{who.id, *who.name};
    }
    auto known = co_await find(who.id);
    if (known) {
        co_return protocol::user{who.id, std::move(known->name)};
    }
    if (known.error().code == protocol::status::not_found) {
        co_return protocol::user{who.id, who.id};
    }
    co_return known.error();
}

async_result<user_reply> user_service::find_at_home(std::string_view id) {
    auto& home = all_.home_of_user(id);
    co_await worker::hop(home.thread);
    auto known = co_await home.store->find_user(id);
    if (!known) {
        co_return known.error();
    }
    if (!*known) {
        co_return protocol::not_found("id: no such user");
    }
    co_return user_reply{(*known)->id, (*known)->name, home.users.is_online(id)};
}

async_result<disconnect_reply> user_service::disconnect(std::string_view id) {
    return worker::and_return(all_.here().thread, disconnect_at_home(id));
}

async_result<disconnect_reply> user_service::disconnect_at_home(std::string_view id) {
    auto& home = all_.home_of_user(id);
    co_await worker::hop(home.thread);
    const auto connections = home.users.connections(id).size();
    all_.close_connections(
        std::string(id), protocol::close_code::kicked, "disconnected by a back end"
    );
    co_return disconnect_reply{connections};
}

async_result<void> describe_users(node& all, std::vector<user_reply>& users) {
    for (std::size_t w = 0; w < all.size(); ++w) {
        for (auto& u : users) {
            auto& home = all.home_of_user(u.id);
            if (home.thread.index() != w) {
                continue;
            }
            co_await worker::hop(home.thread);
            auto known = co_await home.store->find_user(u.id);
            if (!known) {
                co_return known.error();
            }
            u.name = *known ? (*known)->name : u.id;
            u.online = home.users.is_online(u.id);
        }
    }
    co_return protocol::result<void>();
}

}  // namespace gim::session
