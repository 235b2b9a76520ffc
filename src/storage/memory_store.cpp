#include "storage/memory_store.hpp"

#include "protocol/overloaded.hpp"

#include <utility>

namespace gim::storage {
memory_store::memory_store(memory_store_options options)
    : options_(complete(std::move(options))),
      conversations_(
          options_.most.history,
          {options_.together->history_bytes, options_.worker},
          message_ids(options_.worker, random_number()),
          [this](const protocol::session_id& session, std::int64_t last_ms) {
              const bool is_private = session.type() == protocol::session_type::private_chat;
              if (is_private && options_.forgotten_session) {
                  options_.forgotten_session(session, last_ms);
              }
          }
      ),
      requests_({options_.together->requests, options_.worker}),
      rooms_(
          {options_.together->rooms, options_.worker},
          [this](std::string_view room) {
              conversations_.forget(protocol::session_id::room(room));
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

async_result<appended> memory_store::append(
    const protocol::session_id& session,
    message_draft draft,
    std::int64_t now_ms
) {
    co_return add(session, std::move(draft), now_ms);
}

protocol::result<appended>
memory_store::add(const protocol::session_id& session, message_draft draft, std::int64_t now_ms) {
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

async_result<std::optional<receipt>> memory_store::find_request(
    const protocol::session_id& session,
    std::string_view sender,
    const request_mark& request
) {
    co_return answered_before(session, sender, request);
}

protocol::result<std::optional<receipt>> memory_store::answered_before(
    const protocol::session_id& session,
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
    const protocol::session_id& session,
    std::string_view sender,
    const request_mark& request,
    const receipt& answer
) {
    const auto forgotten = requests_.remember(
        {sender, session.text(), request.id}, request.content_hash, answer, options_.now()
    );
    count(stats::event::request_forgotten, forgotten);
}

async_result<protocol::history_reply>
memory_store::history(const protocol::session_id& session, const protocol::history_query& query) {
    auto page = conversations_.history(session, query);
    page.epoch = options_.epoch;
    co_return page;
}

async_result<protocol::message_ptr> memory_store::last_message(const protocol::session_id& session
) {
    co_return conversations_.last(session);
}

// --- rooms ---

async_result<bool>
memory_store::add_member(std::string_view room, std::string_view user, std::size_t max_members) {
    auto added = rooms_.add_member(room, user, max_members);
    if (!added && added.error().code == protocol::status::unavailable) {
        count(stats::event::refused_room, 1);
    }
    co_return added;
}

async_result<bool> memory_store::create_room(std::string_view room) {
    auto created = rooms_.create(room);
    if (!created) {
        count(stats::event::refused_room, 1);
    }
    co_return created;
}

async_result<std::optional<std::vector<std::string>>> memory_store::remove_room(
    std::string_view room
) {
    auto members = rooms_.remove(room);
    if (members) {
        conversations_.forget(protocol::session_id::room(room));
    }
    co_return members;
}

async_result<bool> memory_store::remove_member(std::string_view room, std::string_view user) {
    co_return rooms_.remove_member(room, user);
}

async_result<bool> memory_store::is_member(std::string_view room, std::string_view user) {
    co_return rooms_.is_member(room, user);
}

async_result<std::optional<room_record>> memory_store::find_room(std::string_view room) {
    co_return rooms_.find(room);
}

async_result<id_page>
memory_store::members(std::string_view room, std::string_view after, std::size_t limit) {
    co_return rooms_.members(room, after, limit);
}

async_result<std::vector<room_record>>
memory_store::rooms(std::string_view after, std::size_t limit) {
    co_return rooms_.rooms(after, limit);
}

// --- users ---

async_result<void> memory_store::put_user(const protocol::user& user) {
    auto put = users_.put(user, options_.now());
    if (!put) {
        count(stats::event::refused_user, 1);
    }
    co_return put;
}

async_result<protocol::user> memory_store::add_user(const protocol::user& user) {
    if (auto known = users_.find(user.id, options_.now())) {
        co_return *std::move(known);
    }
    auto put = co_await put_user(user);
    if (!put) {
        co_return put.error();
    }
    co_return user;
}

async_result<std::optional<protocol::user>> memory_store::find_user(std::string_view id) {
    co_return users_.find(id, options_.now());
}

void memory_store::on_online(std::string_view user) {
    users_.keep(user, known_users::reason::online);
}

void memory_store::on_offline(std::string_view user) {
    users_.release(user, known_users::reason::online, options_.now());
}

async_result<void> memory_store::add_room_of(
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
    protocol::value_at(rooms_of_, user).try_emplace(std::string(room), now_ms);
    users_.keep(user, known_users::reason::listed);
    co_return protocol::result<void>();
}

async_result<void> memory_store::remove_room_of(std::string_view user, std::string_view room) {
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
    co_return protocol::result<void>();
}

void memory_store::release_if_unlisted(std::string_view user) {
    if (!rooms_of_.contains(user) && !private_lists_.contains(user)) {
        users_.release(user, known_users::reason::listed, options_.now());
    }
}

async_result<std::vector<std::pair<std::string, std::int64_t>>> memory_store::rooms_of(
    std::string_view user
) {
    std::vector<std::pair<std::string, std::int64_t>> rooms;
    if (const auto found = rooms_of_.find(user); found != rooms_of_.end()) {
        rooms.assign(found->second.begin(), found->second.end());
    }
    co_return rooms;
}

async_result<void> memory_store::touch_private_session(
    std::string_view user,
    const protocol::session_id& session,
    const receipt& last
) {
    touch(user, session, last.created_at);
    co_return protocol::result<void>();
}

void memory_store::touch(
    std::string_view user,
    const protocol::session_id& session,
    std::int64_t updated_at
) {
    private_list& list = protocol::value_at(private_lists_, user);
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

void memory_store::unlist(private_list& list, const protocol::session_id& session) {
    const auto found = list.updated_at.find(session);
    list.by_time.erase(found->second, &found->first);
    list.updated_at.erase(found);
}

void memory_store::unlist(
    std::string_view user,
    const protocol::session_id& session,
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

async_result<std::optional<std::int64_t>>
memory_store::private_session_time(std::string_view user, const protocol::session_id& session) {
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

async_result<std::vector<private_session>> memory_store::private_sessions(
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

// --- a snapshot ---

void memory_store::save_rooms(snapshot_writer& to) const {
    rooms_.save(to);
}

void memory_store::save_rest(snapshot_writer& to) const {
    users_.save(to);
    for (const auto& [user, rooms] : rooms_of_) {
        for (const auto& [room, at] : rooms) {
            to.add(snapshot::joined{user, room, at});
        }
    }
    for (const auto& [user, list] : private_lists_) {
        for (const auto& entry : list.by_time) {
            to.add(snapshot::listed{user, entry.member->text(), entry.score});
        }
    }
    conversations_.save(to);
    requests_.save(to, options_.now());
}

void memory_store::restore(const snapshot::record& r) {
    const protocol::overloaded put_in_place{
        [this](const snapshot::room& q) { rooms_.restore(q); },
        [this](const snapshot::member& q) { rooms_.restore(q); },
        [this](const snapshot::horizon& q) { conversations_.restore(q); },
        [this](const snapshot::message& q) { conversations_.restore(q); },
        [this](const snapshot::request& q) { requests_.restore(q, options_.now()); },
        [](const snapshot::beginning&) {},
        [](const snapshot::ending&) {},
        [this](const auto& q) { take(q); }};
    std::visit(put_in_place, r);
}

void memory_store::take(const snapshot::user& r) {
    users_.restore(r, options_.now());
}

// A snapshot of an older version may list rooms of a user that it does not name.
bool memory_store::admit(std::string_view user) {
    if (!users_.is_known(user)) {
        users_.restore({user, user}, options_.now());
    }
    return users_.is_known(user);
}

void memory_store::take(const snapshot::joined& r) {
    if (admit(r.user)) {
        protocol::value_at(rooms_of_, r.user).try_emplace(std::string(r.room), r.at);
        users_.keep(r.user, known_users::reason::listed);
    }
}

void memory_store::take(const snapshot::listed& r) {
    const auto session = protocol::session_id::parse(r.session);
    if (session && admit(r.user)) {
        touch(r.user, *session, r.updated_at);
    }
}

// One that there was no space for takes its messages along.
void memory_store::take(const snapshot::session& r) {
    const auto session = protocol::session_id::parse(r.id);
    const bool is_room = session && session->type() == protocol::session_type::room;
    if (is_room && !rooms_.find(session->room_id())) {
        conversations_.forget(r);
    } else {
        conversations_.restore(r);
    }
}

void memory_store::settle() {
    count(stats::event::history_dropped, conversations_.settle());
    requests_.settle();
}

void memory_store::keep_listed(const std::function<bool(const protocol::session_id&)>& has_messages
) {
    std::vector<std::string> unlisted;
    for (auto& [user, list] : private_lists_) {
        std::vector<protocol::session_id> empty;
        for (const auto& [session, updated_at] : list.updated_at) {
            if (!has_messages(session)) {
                empty.push_back(session);
            }
        }
        for (const auto& session : empty) {
            unlist(list, session);
        }
        if (list.by_time.empty()) {
            unlisted.push_back(user);
        }
    }
    for (const auto& user : unlisted) {
        private_lists_.erase(private_lists_.find(user));
        release_if_unlisted(user);
    }
}

}  // namespace gim::storage
