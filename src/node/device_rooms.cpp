#include "node/device_rooms.hpp"

#include "storage/feed.hpp"

namespace gim::node {

using model::session_id;
using worker::async_result;

std::set<std::size_t>
post_to_devices(node& all, std::string_view user, const session_id& room, receive what) {
    auto& home = all.home_of_user(user);
    std::set<std::size_t> told;
    for (const auto& c : home.users.connections(user)) {
        auto& target = all.at(c.worker);
        if (what == receive::yes && !c.rooms.allows(room.room_id())) {
            continue;
        }
        told.insert(c.worker);
        target.thread.run([&target, id = c.id, room, what] {
            if (what == receive::yes) {
                target.audience.subscribe(id, room.text());
            } else {
                target.audience.unsubscribe(id, room.text());
            }
        });
    }
    return told;
}

boost::asio::awaitable<void>
tell_devices(node& all, std::string_view user, const session_id& room, receive what) {
    auto& home = all.home_of_user(user);
    // All are told before the first hop, so that each worker hears of joins and leaves in the order
    // in which they happened here.
    const auto told = post_to_devices(all, user, room, what);
    // Being there, it has happened there.
    for (const auto w : told) {
        co_await worker::hop(all.at(w).thread);
    }
    co_await worker::hop(home.thread);
}

async_result<void> match_devices(node& all, std::string_view user, const session_id& room) {
    auto& home = all.home_of_user(user);
    co_await worker::hop(home.thread);
    auto inside = co_await home.store->is_member(room.room_id(), user);
    if (!inside) {
        co_return inside.error();
    }
    const auto what = *inside ? receive::yes : receive::no;
    co_await tell_devices(all, user, room, what);
    if (!*inside) {
        co_return co_await strike_off(all, user, room.room_id());
    }
    co_return model::result<void>();
}

// Who joins at that moment may be in the list before it is removed from it.
async_result<void> strike_off(node& all, std::string_view user, std::string_view room) {
    auto& store = *all.home_of_user(user).store;
    auto removed = co_await store.remove_room_of(user, room);
    if (!removed) {
        co_return removed.error();
    }
    auto is_back = co_await store.is_member(room, user);
    if (is_back && !*is_back) {
        co_return model::result<void>();
    }
    // Also if it is not known: a room too many in the list is found by the next login, one too few
    // is not.
    auto listed = co_await store.add_room_of(user, room, all.now_ms());
    if (!is_back) {
        co_return is_back.error();
    }
    co_return listed;
}

async_result<void> await_watch(node& all, const session_id& room) {
    auto& home = all.home_of(room);
    co_await worker::hop(home.thread);
    co_return co_await home.store->changes()->watching(room);
}

}  // namespace gim::node
