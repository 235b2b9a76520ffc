#include "storage/memory_store.hpp"

#include "protocol/overloaded.hpp"

#include <utility>

namespace gim::storage {
memory_store::memory_store(memory_store_options options)
    : options_(std::move(options)),
      conversations_(
          {options_.most.history, options_.most.history_bytes},
          message_ids(options_.worker, random_number())
      ),
      requests_({options_.most.requests}),
      rooms_(options_.most.rooms, [this](std::string_view room) {
          conversations_.forget(protocol::session_id::room(room));
          count(stats::event::room_forgotten, 1);
      }) {}

void memory_store::count(stats::event what, std::uint64_t times) {
    if (options_.count != nullptr) {
        options_.count->add(what, times);
    }
}

void memory_store::set_limits(const memory_limits& most) noexcept {
    options_.most = most;
    conversations_.set_limits({most.history, most.history_bytes});
    requests_.set_options({most.requests});
    rooms_.set_limit(most.rooms);
}

store_sizes memory_store::sizes() const noexcept {
    store_sizes s;
    s.messages = conversations_.messages();
    s.message_bytes = conversations_.bytes();
    s.sessions = conversations_.size();
    s.rooms = rooms_.size();
    s.users = names_.size();
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
    const auto now = request_memory::clock::now();
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
    const auto outcome = requests_.remember(
        {sender, session.text(), request.id},
        request.content_hash,
        answer,
        request_memory::clock::now()
    );
    if (outcome == request_memory::forgotten::before_its_time) {
        count(stats::event::request_forgotten, 1);
    }
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

async_result<bool> memory_store::add_member(std::string_view room, std::string_view user) {
    auto added = rooms_.add_member(room, user);
    if (!added) {
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
    co_return put(user);
}

protocol::result<void> memory_store::put(const protocol::user& user) {
    const bool is_full = options_.most.users != 0 && names_.size() >= options_.most.users;
    if (is_full && !names_.contains(user.id)) {
        count(stats::event::refused_user, 1);
        return protocol::error{
            protocol::status::unavailable, "this server knows as many users as it may know"};
    }
    protocol::value_at(names_, user.id) = user.name;
    return {};
}

async_result<std::optional<protocol::user>> memory_store::find_user(std::string_view id) {
    const auto found = names_.find(id);
    if (found == names_.end()) {
        co_return std::nullopt;
    }
    co_return protocol::user{found->first, found->second};
}

async_result<void>
memory_store::add_room_of(std::string_view user, std::string_view room, std::int64_t now_ms) {
    protocol::value_at(rooms_of_, user).try_emplace(std::string(room), now_ms);
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
        }
    }
    co_return protocol::result<void>();
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
        const auto oldest = list.updated_at.find(*list.by_time.front().member);
        list.by_time.pop_front();
        list.updated_at.erase(oldest);
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
    for (const auto& [id, name] : names_) {
        to.add(snapshot::user{id, name});
    }
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
    requests_.save(to, request_memory::clock::now());
}

void memory_store::restore(const snapshot::record& r) {
    const protocol::overloaded put_in_place{
        [this](const snapshot::room& q) { rooms_.restore(q); },
        [this](const snapshot::member& q) { rooms_.restore(q); },
        [this](const snapshot::horizon& q) { conversations_.restore(q); },
        [this](const snapshot::message& q) { conversations_.restore(q); },
        [this](const snapshot::request& q) { requests_.restore(q, request_memory::clock::now()); },
        [](const snapshot::beginning&) {},
        [](const snapshot::ending&) {},
        [this](const auto& q) { take(q); }};
    std::visit(put_in_place, r);
}

void memory_store::take(const snapshot::user& r) {
    put({std::string(r.id), std::string(r.name)});
}

void memory_store::take(const snapshot::joined& r) {
    protocol::value_at(rooms_of_, r.user).try_emplace(std::string(r.room), r.at);
}

void memory_store::take(const snapshot::listed& r) {
    if (const auto session = protocol::session_id::parse(r.session)) {
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

}  // namespace gim::storage
