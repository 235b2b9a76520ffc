#include "session/room_service.hpp"

#include "node/changing.hpp"
#include "node/device_rooms.hpp"
#include "node/room_attendance.hpp"
#include "session/membership.hpp"
#include "session/user_service.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <optional>
#include <set>

namespace gim::session {

using model::dismiss_reply;
using model::join_reply;
using model::join_request;
using model::leave_reply;
using model::leave_request;
using model::members_reply;
using model::members_request;
using model::room_reply;
using model::rooms_reply;
using model::session_id;
using worker::async_result;

namespace {

// But for the connections.
room_reply describe(storage::room_record r) {
    auto session = session_id::room(r.id);
    auto title = r.id;
    return {std::move(r.id), std::move(session), std::move(title), r.members, 0};
}

}  // namespace

async_result<join_reply> room_service::join(const node::caller& who, const join_request& request) {
    return node::changing(all_.here(), join_at_home(who, request));
}

// A join that fails half-way is taken back: else the user would be a member who receives nothing.
async_result<join_reply>
room_service::join_at_home(const node::caller& who, const join_request& request) {
    if (auto allowed = require_scope(who, request.room); !allowed) {
        co_return allowed.error();
    }
    const auto session = session_id::room(request.room);
    join_progress so_far;
    std::optional<model::result<join_reply>> reply;
    std::exception_ptr failure;
    try {
        reply = co_await join_in_steps(who, session, so_far);
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure || !*reply) {
        co_await undo_join(who.user.id, session, so_far);
    }
    if (failure) {
        std::rethrow_exception(failure);
    }
    co_return *std::move(reply);
}

// Where others change the store, too, the room is in the user's list before the user is a member,
// and is put there once more afterwards, should a leave have removed it. So at any time there may
// be a room in the list in which the user is not, which a login finds out, but not the other way
// round, which it would not.
async_result<join_reply> room_service::join_in_steps(
    const node::caller& who,
    const session_id& session,
    join_progress& so_far
) {
    const std::string_view user = who.user.id;
    const auto room = session.room_id();
    auto& home = all_.home_of(session);
    auto& user_home = all_.home_of_user(user);
    const bool is_shared = home.store->changes() != nullptr;

    co_await worker::hop(user_home.thread);
    if (is_shared) {
        so_far.is_listed = true;
        auto listed = co_await list_room(user, room, false);
        if (!listed) {
            so_far.is_listed = listed.error().code != model::status::too_many;
            co_return listed.error();
        }
    } else {
        auto within = co_await require_another_room(user, room);
        if (!within) {
            co_return within.error();
        }
    }
    if (!who.connection) {
        auto known = co_await make_known(all_, who);
        if (!known) {
            co_return known.error();
        }
    }

    co_await worker::hop(home.thread);
    const auto max_members = home.limits.max_members_of_room();
    auto added = co_await home.store->add_member(room, user, max_members);
    if (!added) {
        const bool is_full = added.error().code == model::status::too_many;
        co_return is_full ? home.limits.refuse_another_member() : added.error();
    }
    so_far.is_new_member = *added;
    auto found = co_await home.store->find_room(room);
    if (!found) {
        co_return found.error();
    }

    // Other devices of the user may have joined other rooms meanwhile.
    co_await worker::hop(user_home.thread);
    auto listed = co_await list_room(user, room, true);
    if (!listed) {
        co_return listed.error();
    }
    so_far.is_listed = true;
    if (!is_shared) {
        co_await node::tell_devices(all_, user, session, node::receive::yes);
    } else {
        // From here on the user is a member like any other: the devices hear of the join by the
        // feed, also if what follows fails, and to take it back would cut what they receive.
        so_far = {};
        auto received = co_await node::match_devices(all_, user, session);
        if (!received) {
            co_return received.error();
        }
        received = co_await node::await_watch(all_, session);
        if (!received) {
            co_return received.error();
        }
    }
    co_return join_reply{session, std::string(room), *found ? (*found)->members : 0};
}

async_result<void>
room_service::list_room(std::string_view user, std::string_view room, bool is_published) {
    auto& home = all_.home_of_user(user);
    const storage::list_options how{home.limits.max_rooms_of_user(), is_published};
    auto listed = co_await home.store->add_room_of(user, room, all_.now_ms(), how);
    if (listed || listed.error().code != model::status::too_many) {
        co_return listed;
    }
    co_return home.limits.refuse_another_room();
}

// A user who was a member before stays one. What fails here, too, is put right when the user logs
// in or joins again.
boost::asio::awaitable<void> room_service::undo_join(
    std::string_view user,
    const session_id& session,
    const join_progress& so_far
) {
    auto& home = all_.home_of(session);
    auto& user_home = all_.home_of_user(user);
    const bool is_shared = home.store->changes() != nullptr;
    if (so_far.is_new_member) {
        co_await worker::hop(home.thread);
        auto removed = co_await home.store->remove_member(session.room_id(), user);
        if (!removed) {
            co_return;
        }
    }
    if (is_shared && so_far.is_listed) {
        auto matched = co_await node::match_devices(all_, user, session);
        if (!matched) {
            co_return;
        }
    } else if (so_far.is_new_member) {
        co_await worker::hop(user_home.thread);
        auto struck = co_await user_home.store->remove_room_of(user, session.room_id());
        if (!struck) {
            co_return;
        }
        co_await node::tell_devices(all_, user, session, node::receive::no);
    }
}

// REQUIRES: at the user's home.
async_result<void>
room_service::require_another_room(std::string_view user, std::string_view room) {
    auto& home = all_.home_of_user(user);
    if (home.limits.max_rooms_of_user() == 0) {
        co_return model::result<void>();
    }
    auto rooms = co_await home.store->rooms_of(user);
    if (!rooms) {
        co_return rooms.error();
    }
    const bool is_in = std::ranges::any_of(*rooms, [&](const auto& r) { return r.first == room; });
    if (is_in) {
        co_return model::result<void>();
    }
    co_return home.limits.allow_another_room(rooms->size());
}

async_result<leave_reply>
room_service::leave(const node::caller& who, const leave_request& request) {
    return node::changing(all_.here(), leave_at_home(who, request));
}

async_result<leave_reply>
room_service::leave_at_home(const node::caller& who, const leave_request& request) {
    const auto session = session_id::room(request.room);
    auto& home = all_.home_of(session);
    auto& user_home = all_.home_of_user(who.user.id);

    co_await worker::hop(home.thread);
    auto room = co_await home.store->find_room(request.room);
    if (!room) {
        co_return room.error();
    }
    if (!*room) {
        co_return model::not_found("id: no such room");
    }
    const model::error not_inside{model::status::conflict, "id: you are not in this room"};
    if (home.store->changes() != nullptr) {
        auto inside = co_await home.store->is_member(request.room, who.user.id);
        if (!inside) {
            co_return inside.error();
        }
        if (!*inside) {
            co_return not_inside;
        }
        co_return co_await leave_shared(who, session);
    }
    auto removed = co_await home.store->remove_member(request.room, who.user.id);
    if (!removed) {
        co_return removed.error();
    }
    if (!*removed) {
        co_return not_inside;
    }

    co_await worker::hop(user_home.thread);
    auto listed = co_await user_home.store->remove_room_of(who.user.id, request.room);
    if (!listed) {
        co_return listed.error();
    }
    co_await node::tell_devices(all_, who.user.id, session, node::receive::no);
    co_return leave_reply();
}

// The list comes last, and whether the user is still no member is asked behind it: a leave that
// fails half-way, or a join at the same time, leaves no member whose list lacks the room.
async_result<leave_reply>
room_service::leave_shared(const node::caller& who, const session_id& room) {
    auto& home = all_.home_of(room);
    auto removed = co_await home.store->remove_member(room.room_id(), who.user.id);
    if (!removed) {
        co_return removed.error();
    }
    auto matched = co_await node::match_devices(all_, who.user.id, room);
    if (!matched) {
        co_return matched.error();
    }
    co_return leave_reply();
}

async_result<members_reply>
room_service::members(const node::caller& who, const members_request& request) {
    return worker::and_return(all_.here().thread, members_at_home(who, request));
}

async_result<members_reply>
room_service::members_at_home(const node::caller& who, const members_request& request) {
    if (auto has_memory = all_.require_memory(); !has_memory) {
        co_return has_memory.error();
    }
    if (auto in_scope = require_scope(who, request.room); !in_scope) {
        co_return in_scope.error();
    }
    auto& home = all_.home_of(session_id::room(request.room));
    co_await worker::hop(home.thread);
    auto allowed = co_await require_member(home, request.room, who, "id");
    if (!allowed) {
        co_return allowed.error();
    }
    const std::string after = request.after.value_or("");
    auto page = co_await home.store->members(request.room, after, request.limit);
    if (!page) {
        co_return page.error();
    }
    members_reply reply{{}, page->total, {}};
    if (page->has_more) {
        reply.next = page->ids.back();
    }
    for (auto& id : page->ids) {
        reply.items.push_back({std::move(id), {}, false});
    }
    auto described = co_await describe_users(all_, reply.items);
    if (!described) {
        co_return described.error();
    }
    co_return reply;
}

async_result<room_reply> room_service::create(std::string_view room) {
    return node::changing(all_.here(), create_at_home(room));
}

async_result<room_reply> room_service::create_at_home(std::string_view room) {
    auto& home = all_.home_of(session_id::room(room));
    co_await worker::hop(home.thread);
    auto created = co_await home.store->create_room(room);
    if (!created) {
        co_return created.error();
    }
    co_return co_await find_at_home(room);
}

async_result<dismiss_reply> room_service::dismiss(std::string_view room) {
    return node::changing(all_.here(), dismiss_at_home(room));
}

async_result<dismiss_reply> room_service::dismiss_at_home(std::string_view room) {
    const auto session = session_id::room(room);
    auto& home = all_.home_of(session);
    co_await worker::hop(home.thread);
    auto members = co_await home.store->remove_room(room);
    if (!members) {
        co_return members.error();
    }
    if (!*members) {
        co_return model::not_found("id: no such room");
    }
    // A store that tells all nodes has told this one, too.
    if (home.store->changes() == nullptr) {
        home.rooms.forget(session);
        auto done = co_await put_out(session, **members);
        if (!done) {
            co_return done.error();
        }
    }
    co_return dismiss_reply{(*members)->size()};
}

// Somebody may join the room that comes after this one while the members of this one are put out.
// So each worker's members are visited from the room's home, where it is known who has joined
// again, and by the way that the news of a later join will take.
async_result<void>
room_service::put_out(const session_id& room, const std::vector<std::string>& members) {
    auto& home = all_.home_of(room);
    std::vector<std::vector<std::string_view>> at(all_.size());
    for (const auto& user : members) {
        at[all_.home_of_user(user).thread.index()].push_back(user);
    }
    std::set<std::size_t> told;
    for (std::size_t w = 0; w < at.size(); ++w) {
        co_await worker::hop(home.thread);
        std::vector<std::string_view> out;
        for (const auto user : at[w]) {
            auto is_back = co_await home.store->is_member(room.room_id(), user);
            if (!is_back) {
                co_return is_back.error();
            }
            if (!*is_back) {
                out.push_back(user);
            }
        }
        auto& user_home = all_.at(w);
        co_await worker::hop(user_home.thread);
        for (const auto user : out) {
            auto listed = co_await user_home.store->remove_room_of(user, room.room_id());
            if (!listed) {
                co_return listed.error();
            }
            told.merge(node::post_to_devices(all_, user, room, node::receive::no));
        }
    }
    for (const auto w : told) {
        co_await worker::hop(all_.at(w).thread);
    }
    co_return model::result<void>();
}

async_result<room_reply> room_service::find(std::string_view room) {
    return worker::and_return(all_.here().thread, find_at_home(room));
}

async_result<room_reply> room_service::find_at_home(std::string_view room) {
    auto& home = all_.home_of(session_id::room(room));
    co_await worker::hop(home.thread);
    auto found = co_await home.store->find_room(room);
    if (!found) {
        co_return found.error();
    }
    if (!*found) {
        co_return model::not_found("id: no such room");
    }
    std::vector<room_reply> one;
    one.push_back(describe(std::move(**found)));
    auto counted = co_await node::count_connections(all_, one);
    if (!counted) {
        co_return counted.error();
    }
    co_return std::move(one.front());
}

async_result<rooms_reply> room_service::list(std::string_view after, std::size_t limit) {
    return worker::and_return(all_.here().thread, collect(after, limit));
}

// Every store gives its first ones; the first of them all are the page. One that is shared has
// those of all workers.
async_result<rooms_reply> room_service::collect(std::string_view after, std::size_t limit) {
    rooms_reply reply;
    const bool is_shared = all_.here().store->changes() != nullptr;
    for (std::size_t w = 0; w < (is_shared ? 1 : all_.size()); ++w) {
        auto& home = is_shared ? all_.here() : all_.at(w);
        co_await worker::hop(home.thread);
        auto some = co_await home.store->rooms(after, limit + 1);
        if (!some) {
            co_return some.error();
        }
        std::ranges::transform(*some, std::back_inserter(reply.items), describe);
    }
    std::ranges::sort(reply.items, {}, &room_reply::id);
    if (reply.items.size() > limit) {
        reply.items.erase(
            reply.items.begin() + static_cast<std::ptrdiff_t>(limit), reply.items.end()
        );
        reply.next = reply.items.back().id;
    }
    auto counted = co_await node::count_connections(all_, reply.items);
    if (!counted) {
        co_return counted.error();
    }
    co_return reply;
}

}  // namespace gim::session
