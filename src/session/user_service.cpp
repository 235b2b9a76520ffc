#include "session/user_service.hpp"

#include "storage/presence.hpp"

#include <cstddef>
#include <string>

namespace gim::session {

using model::disconnect_reply;
using model::user_reply;
using worker::async_result;

async_result<user_reply> user_service::find(std::string_view id) {
    return worker::and_return(all_.here().thread, find_at_home(id));
}

async_result<model::user> user_service::named(const auth::identity& who) {
    if (who.name) {
        co_return model::user{who.id(), *who.name};
    }
    auto known = co_await find(who.id());
    if (known) {
        co_return model::user{who.id(), std::move(known->name)};
    }
    if (known.error().code == model::status::not_found) {
        co_return model::user{who.id(), who.id()};
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
        co_return model::not_found("id: no such user");
    }
    bool online = home.users.is_online(id);
    auto* const others = home.store->nodes();
    if (!online && others != nullptr) {
        const std::vector<std::string> one(1, std::string(id));
        auto counts = co_await others->elsewhere(storage::counted_by::user, one);
        if (!counts) {
            co_return counts.error();
        }
        online = counts->front() > 0;
    }
    co_return user_reply{(*known)->id, (*known)->name, online};
}

async_result<disconnect_reply> user_service::disconnect(std::string_view id) {
    return worker::and_return(all_.here().thread, disconnect_at_home(id));
}

async_result<disconnect_reply> user_service::disconnect_at_home(std::string_view id) {
    auto& home = all_.home_of_user(id);
    co_await worker::hop(home.thread);
    std::uint64_t elsewhere = 0;
    if (auto* const others = home.store->nodes()) {
        auto told = co_await others->disconnect(std::string(id));
        if (!told) {
            co_return told.error();
        }
        elsewhere = *told;
    }
    const auto connections = home.users.count(id);
    all_.disconnect(std::string(id));
    co_return disconnect_reply{connections + elsewhere};
}

async_result<void> make_known(node::node& all, const node::caller& who) {
    auto& home = all.home_of_user(who.user.id);
    co_await worker::hop(home.thread);
    if (who.connection || who.user.id == model::system_user_id) {
        co_return model::result<void>();
    }
    auto known = co_await home.store->add_user(who.user);
    if (!known) {
        co_return known.error();
    }
    co_return model::result<void>();
}

namespace {

// Those who are not online here may be elsewhere. Begins and ends on any worker.
async_result<void> ask_others(node::node& all, std::vector<user_reply>& users) {
    auto* const others = all.here().store->nodes();
    if (others == nullptr) {
        co_return model::result<void>();
    }
    std::vector<std::string> ids;
    for (const auto& u : users) {
        if (!u.online) {
            ids.push_back(u.id);
        }
    }
    auto counts = co_await others->elsewhere(storage::counted_by::user, std::move(ids));
    if (!counts) {
        co_return counts.error();
    }
    std::size_t i = 0;
    for (auto& u : users) {
        if (!u.online) {
            u.online = (*counts)[i++] > 0;
        }
    }
    co_return model::result<void>();
}

}  // namespace

async_result<void> describe_users(node::node& all, std::vector<user_reply>& users) {
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
    co_return co_await ask_others(all, users);
}

}  // namespace gim::session
