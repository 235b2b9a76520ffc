#include "session/session_list_service.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <variant>

namespace gim::session {

using model::session_cursor;
using model::session_id;
using model::session_summary;
using model::session_type;
using model::sessions_reply;
using model::sessions_request;
using worker::async_result;

namespace {

session_cursor place_of(const session_summary& s) {
    return {s.updated_at, s.session};
}

// Keeps the first `limit`, or fewer if their messages are too long for one page. True if it drops
// any.
bool cut_to_page(std::vector<session_summary>& items, std::size_t limit) {
    std::size_t kept = 0;
    std::size_t content_bytes = 0;
    for (; kept < items.size() && kept < limit; ++kept) {
        content_bytes += items[kept].last_message ? items[kept].last_message->content.size() : 0;
        if (kept > 0 && content_bytes > model::max_page_content_bytes) {
            break;
        }
    }
    const bool is_cut = kept < items.size();
    items.erase(items.begin() + static_cast<std::ptrdiff_t>(kept), items.end());
    return is_cut;
}

}  // namespace

async_result<sessions_reply>
session_list_service::sessions(const node::caller& who, const sessions_request& request) {
    return worker::and_return(all_.here().thread, collect(who, request));
}

async_result<sessions_reply>
session_list_service::collect(const node::caller& who, const sessions_request& request) {
    if (auto has_memory = all_.require_memory(); !has_memory) {
        co_return has_memory.error();
    }
    auto items = co_await rooms(who);
    if (!items) {
        co_return items.error();
    }
    auto after = co_await find_place(who, request, *items);
    if (!after) {
        co_return after.error();
    }
    if (*after) {
        std::erase_if(*items, [&](const auto& s) { return !comes_before(**after, place_of(s)); });
    }
    auto privates = co_await private_sessions(who, *after, request.limit + 1);
    if (!privates) {
        co_return privates.error();
    }
    std::ranges::move(*privates, std::back_inserter(*items));
    std::ranges::sort(*items, [](const auto& a, const auto& b) {
        return comes_before(place_of(a), place_of(b));
    });
    std::optional<std::string> next;
    if (cut_to_page(*items, request.limit)) {
        next = to_text(place_of(items->back()));
    }
    auto titled = co_await fill_titles(who, *items);
    if (!titled) {
        co_return titled.error();
    }
    co_return sessions_reply{std::move(*items), std::move(next)};
}

async_result<session_list_service::list> session_list_service::rooms(const node::caller& who) {
    auto& home = all_.home_of_user(who.user.id);
    co_await worker::hop(home.thread);
    auto joined = co_await home.store->rooms_of(who.user.id);
    if (!joined) {
        co_return joined.error();
    }
    list items;
    for (auto& [room, joined_at] : *joined) {
        if (who.rooms.allows(room)) {
            items.push_back({session_id::room(room), room, nullptr, joined_at});
        }
    }
    auto filled = co_await fill_last_messages(items);
    if (!filled) {
        co_return filled.error();
    }
    co_return items;
}

async_result<session_list_service::list> session_list_service::private_sessions(
    const node::caller& who,
    const std::optional<session_cursor>& after,
    std::size_t limit
) {
    auto& home = all_.home_of_user(who.user.id);
    co_await worker::hop(home.thread);
    auto found = co_await home.store->private_sessions(who.user.id, after, limit);
    if (!found) {
        co_return found.error();
    }
    list items;
    for (auto& s : *found) {
        items.push_back({std::move(s.session), {}, nullptr, s.updated_at});
    }
    auto filled = co_await fill_last_messages(items);
    if (!filled) {
        co_return filled.error();
    }
    co_return items;
}

async_result<std::optional<session_cursor>> session_list_service::find_place(
    const node::caller& who,
    const sessions_request& request,
    const list& rooms
) {
    if (!request.after) {
        co_return std::nullopt;
    }
    if (const auto* const cursor = std::get_if<session_cursor>(&*request.after)) {
        co_return *cursor;
    }
    const auto& session = std::get<session_id>(*request.after);
    if (session.type() == session_type::room) {
        const auto found = std::ranges::find(rooms, session, &session_summary::session);
        if (found == rooms.end()) {
            co_return std::nullopt;
        }
        co_return place_of(*found);
    }
    if (!session.has_party(who.user.id)) {
        co_return model::bad_request("after: not one of your sessions");
    }
    auto& user_home = all_.home_of_user(who.user.id);
    co_await worker::hop(user_home.thread);
    auto time = co_await user_home.store->private_session_time(who.user.id, session);
    if (!time) {
        co_return time.error();
    }
    if (*time) {
        co_return session_cursor{**time, session};
    }
    // It may have left the end of a list that is full, and still have its messages.
    auto& home = all_.home_of(session);
    co_await worker::hop(home.thread);
    auto last = co_await home.store->last_message(session);
    if (!last) {
        co_return last.error();
    }
    if (!*last) {
        co_return std::nullopt;
    }
    co_return session_cursor{(*last)->created_at, session};
}

// One visit to every worker that is the home of some of the sessions. The place of a private
// session stays what the user's list says: a page ends and goes on by that list, which hears of a
// message a moment later.
async_result<void> session_list_service::fill_last_messages(list& items) {
    for (std::size_t w = 0; w < all_.size(); ++w) {
        for (auto& s : items) {
            auto& home = all_.home_of(s.session);
            if (home.thread.index() != w) {
                continue;
            }
            co_await worker::hop(home.thread);
            auto last = co_await home.store->last_message(s.session);
            if (!last) {
                co_return last.error();
            }
            if (*last && s.session.type() == session_type::room) {
                s.updated_at = (*last)->created_at;
            }
            s.last_message = std::move(*last);
        }
    }
    co_return model::result<void>();
}

// A private session is called by the name of the other party; a room has its title already.
async_result<void> session_list_service::fill_titles(const node::caller& who, list& items) {
    for (std::size_t w = 0; w < all_.size(); ++w) {
        for (auto& s : items) {
            if (s.session.type() != session_type::private_chat) {
                continue;
            }
            const auto other = s.session.other_party(who.user.id);
            auto& home = all_.home_of_user(other);
            if (home.thread.index() != w) {
                continue;
            }
            co_await worker::hop(home.thread);
            auto known = co_await home.store->find_user(other);
            if (!known) {
                co_return known.error();
            }
            s.title = *known ? (*known)->name : std::string(other);
        }
    }
    co_return model::result<void>();
}

}  // namespace gim::session
