#include "storage/memory/memory_store.hpp"

#include "base/overloaded.hpp"

#include <utility>

namespace gim::storage {
memory_store::memory_store(memory_store_options options)
    : options_(complete(std::move(options))),
      conversations_(
          options_.most.history,
          {options_.together->history_bytes, options_.worker},
          message_ids(options_.worker, random_number()),
          [this](const model::session_id& session, std::int64_t last_ms) {
              const bool is_private = session.type() == model::session_type::private_chat;
              if (is_private && options_.forgotten_session) {
                  options_.forgotten_session(session, last_ms);
              }
          }
      ),
      requests_({options_.together->requests, options_.worker}),
      rooms_(
          {options_.together->rooms, options_.worker},
          [this](std::string_view room) {
              conversations_.forget(model::session_id::room(room));
              count(stats::event::room_forgotten, 1);
          }
      ),
      users_({options_.together->users, options_.worker}, options_.most.user_silence, [this] {
          count(stats::event::user_forgotten, 1);
      }) {}

memory_store_options memory_store::complete(memory_store_options options) {
    if (options.together == nullptr) {
        options.together = std::make_shared<shared_limits>(options.worker + 1);
        options.together->set(options.most);
    }
    return options;
}

void memory_store::count(stats::event what, std::uint64_t times) {
    if (options_.count != nullptr) {
        options_.count->add(what, times);
    }
}

void memory_store::set_limits(const memory_limits& most) noexcept {
    options_.most = most;
    options_.together->set(most);
    conversations_.set_limit(most.history);
    users_.set_silence(most.user_silence);
}

std::size_t memory_store::evict() {
    const auto before = sizes();
    count(stats::event::history_dropped, conversations_.evict());
    count(stats::event::request_forgotten, requests_.evict(options_.now()));
    rooms_.evict();
    users_.evict();
    const auto now = sizes();
    return (before.messages - now.messages) + (before.rooms - now.rooms) +
           (before.users - now.users) + (before.requests - now.requests);
}

store_sizes memory_store::sizes() const noexcept {
    store_sizes s;
    s.messages = conversations_.messages();
    s.message_bytes = conversations_.bytes();
    s.sessions = conversations_.size();
    s.rooms = rooms_.size();
    s.rooms_left = rooms_.left();
    s.users = users_.size();
    s.users_idle = users_.idle();
    s.requests = requests_.size();
    return s;
}

// --- messages ---

worker::async_result<appended>
memory_store::append(const model::session_id& session, message_draft draft, std::int64_t now_ms) {
    co_return add(session, std::move(draft), now_ms);
}

model::result<appended>
memory_store::add(const model::session_id& session, message_draft draft, std::int64_t now_ms) {
    const auto request = std::exchange(draft.request, std::nullopt);
    if (request) {
        auto before = answered_before(session, draft.sender.id, *request);
        if (!before) {
            return before.error();
        }
        if (*before) {
            return appended{nullptr, **std::move(before)};
        }
    }
    if (draft.must_be_member && !rooms_.is_member(session.room_id(), draft.sender.id)) {
        return not_a_member();
    }
    auto kept = conversations_.append(session, std::move(draft), now_ms);
    count(stats::event::history_dropped, kept.dropped);
    const auto& m = *kept.message;
    receipt answer{m.id, m.sequence, m.created_at};
    if (request) {
        remember(session, m.sender.id, *request, answer);
    }
    return appended{std::move(kept.message), std::move(answer)};
}

worker::async_result<std::optional<receipt>> memory_store::find_request(
    const model::session_id& session,
    std::string_view sender,
    const request_mark& request
) {
    co_return answered_before(session, sender, request);
}

model::result<std::optional<receipt>> memory_store::answered_before(
    const model::session_id& session,
    std::string_view sender,
    const request_mark& request
) {
    const auto now = options_.now();
    auto known = requests_.find({sender, session.text(), request.id}, request.content_hash, now);
    if (!known) {
        return std::nullopt;
    }
    if (!known->is_same_content) {
        return request_conflict();
    }
    return std::move(known->answer);
}

void memory_store::remember(
    const model::session_id& session,
    std::string_view sender,
    const request_mark& request,
    const receipt& answer
) {
    const auto forgotten = requests_.remember(
        {sender, session.text(), request.id}, request.content_hash, answer, options_.now()
    );
    count(stats::event::request_forgotten, forgotten);
}

worker::async_result<model::history_reply>
memory_store::history(const model::session_id& session, const model::history_query& query) {
    auto page = conversations_.history(session, query);
    page.epoch = options_.epoch;
    co_return page;
}

worker::async_result<model::message_ptr> memory_store::last_message(const model::session_id& session
) {
    co_return conversations_.last(session);
}

// --- rooms ---

worker::async_result<bool>
memory_store::add_member(std::string_view room, std::string_view user, std::size_t max_members) {
    auto added = rooms_.add_member(room, user, max_members);
    if (!added && added.error().code == model::status::unavailable) {
        count(stats::event::refused_room, 1);
    }
    co_return added;
}

worker::async_result<bool> memory_store::create_room(std::string_view room) {
    auto created = rooms_.create(room);
    if (!created) {
        count(stats::event::refused_room, 1);
    }
    co_return created;
}

worker::async_result<std::optional<std::vector<std::string>>> memory_store::remove_room(
    std::string_view room
) {
    auto members = rooms_.remove(room);
    if (members) {
        conversations_.forget(model::session_id::room(room));
    }
    co_return members;
}

worker::async_result<bool>
memory_store::remove_member(std::string_view room, std::string_view user) {
    co_return rooms_.remove_member(room, user);
}

worker::async_result<bool> memory_store::is_member(std::string_view room, std::string_view user) {
    co_return rooms_.is_member(room, user);
}

worker::async_result<std::optional<room_record>> memory_store::find_room(std::string_view room) {
    co_return rooms_.find(room);
}

worker::async_result<id_page>
memory_store::members(std::string_view room, std::string_view after, std::size_t limit) {
    co_return rooms_.members(room, after, limit);
}

worker::async_result<std::vector<room_record>>
memory_store::rooms(std::string_view after, std::size_t limit) {
    co_return rooms_.rooms(after, limit);
}

// --- users ---

worker::async_result<void> memory_store::put_user(const model::user& user) {
    auto put = users_.put(user, options_.now());
    if (!put) {
        count(stats::event::refused_user, 1);
    }
    co_return put;
}

worker::async_result<model::user> memory_store::add_user(const model::user& user) {
    if (auto known = users_.find(user.id, options_.now())) {
        co_return *std::move(known);
    }
    auto put = co_await put_user(user);
    if (!put) {
        co_return put.error();
    }
    co_return user;
}

worker::async_result<std::optional<model::user>> memory_store::find_user(std::string_view id) {
    co_return users_.find(id, options_.now());
}

void memory_store::on_online(std::string_view user) {
    users_.keep(user, known_users::reason::online);
}

void memory_store::on_offline(std::string_view user) {
    users_.release(user, known_users::reason::online, options_.now());
}

worker::async_result<void> memory_store::add_room_of(
    std::string_view user,
    std::string_view room,
    std::int64_t now_ms,
    list_options how
) {
    const auto found = rooms_of_.find(user);
    const bool is_full =
        how.max_rooms != 0 && found != rooms_of_.end() && found->second.size() >= how.max_rooms;
    if (is_full && !found->second.contains(room)) {
        co_return limit_reached();
    }
    base::value_at(rooms_of_, user).try_emplace(std::string(room), now_ms);
    users_.keep(user, known_users::reason::listed);
    co_return model::result<void>();
}

worker::async_result<void>
memory_store::remove_room_of(std::string_view user, std::string_view room) {
    if (const auto found = rooms_of_.find(user); found != rooms_of_.end()) {
        auto& rooms = found->second;
        if (const auto joined = rooms.find(room); joined != rooms.end()) {
            rooms.erase(joined);
        }
        if (rooms.empty()) {
            rooms_of_.erase(found);
            release_if_unlisted(user);
        }
    }
    co_return model::result<void>();
}

void memory_store::release_if_unlisted(std::string_view user) {
    if (!rooms_of_.contains(user) && !private_lists_.contains(user)) {
        users_.release(user, known_users::reason::listed, options_.now());
    }
}

worker::async_result<std::vector<std::pair<std::string, std::int64_t>>> memory_store::rooms_of(
    std::string_view user
) {
    std::vector<std::pair<std::string, std::int64_t>> rooms;
    if (const auto found = rooms_of_.find(user); found != rooms_of_.end()) {
        rooms.assign(found->second.begin(), found->second.end());
    }
    co_return rooms;
}

worker::async_result<void> memory_store::touch_private_session(
    std::string_view user,
    const model::session_id& session,
    const receipt& last
) {
    touch(user, session, last.created_at);
    co_return model::result<void>();
}

void memory_store::touch(
    std::string_view user,
    const model::session_id& session,
    std::int64_t updated_at
) {
    private_list& list = base::value_at(private_lists_, user);
    users_.keep(user, known_users::reason::listed);
    const auto [place, is_new] = list.updated_at.try_emplace(session, updated_at);
    if (!is_new && place->second >= updated_at) {
        return;
    }
    // The new place first: should there be no memory for it, the old one stays.
    if (list.by_time.insert(updated_at, &place->first) && place->second != updated_at) {
        list.by_time.erase(place->second, &place->first);
        place->second = updated_at;
    }
    const auto most = options_.most.private_sessions_of_user;
    while (most != 0 && list.by_time.size() > most) {
        unlist(list, *list.by_time.front().member);
    }
}

void memory_store::unlist(private_list& list, const model::session_id& session) {
    const auto found = list.updated_at.find(session);
    list.by_time.erase(found->second, &found->first);
    list.updated_at.erase(found);
}

void memory_store::unlist(
    std::string_view user,
    const model::session_id& session,
    std::int64_t last_ms
) {
    const auto found = private_lists_.find(user);
    if (found == private_lists_.end()) {
        return;
    }
    auto& list = found->second;
    const auto listed = list.updated_at.find(session);
    if (listed == list.updated_at.end() || listed->second > last_ms) {
        return;
    }
    unlist(list, session);
    if (list.by_time.empty()) {
        private_lists_.erase(found);
        release_if_unlisted(user);
    }
}

worker::async_result<std::optional<std::int64_t>>
memory_store::private_session_time(std::string_view user, const model::session_id& session) {
    const auto found = private_lists_.find(user);
    if (found == private_lists_.end()) {
        co_return std::nullopt;
    }
    const auto place = found->second.updated_at.find(session);
    if (place == found->second.updated_at.end()) {
        co_return std::nullopt;
    }
    co_return place->second;
}

worker::async_result<std::vector<private_session>> memory_store::private_sessions(
    std::string_view user,
    const std::optional<session_cursor>& after,
    std::size_t limit
) {
    std::vector<private_session> page;
    const auto found = private_lists_.find(user);
    if (found == private_lists_.end()) {
        co_return page;
    }
    const auto& by_time = found->second.by_time;
    auto i = by_time.end();
    if (after) {
        i = by_time.lower_bound(after->updated_at, &after->session);
    }
    while (i != by_time.begin() && page.size() < limit) {
        --i;
        page.push_back({*i->member, i->score});
    }
    co_return page;
}

}  // namespace gim::storage
