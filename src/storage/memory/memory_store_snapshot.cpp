#include "base/overloaded.hpp"
#include "storage/memory/memory_store.hpp"

#include <utility>

namespace gim::storage {

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
    const base::overloaded put_in_place{
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
        base::value_at(rooms_of_, r.user).try_emplace(std::string(r.room), r.at);
        users_.keep(r.user, known_users::reason::listed);
    }
}

void memory_store::take(const snapshot::listed& r) {
    const auto session = model::session_id::parse(r.session);
    if (session && admit(r.user)) {
        touch(r.user, *session, r.updated_at);
    }
}

// One that there was no space for takes its messages along.
void memory_store::take(const snapshot::session& r) {
    const auto session = model::session_id::parse(r.id);
    const bool is_room = session && session->type() == model::session_type::room;
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

void memory_store::keep_listed(const std::function<bool(const model::session_id&)>& has_messages) {
    std::vector<std::string> unlisted;
    for (auto& [user, list] : private_lists_) {
        std::vector<model::session_id> empty;
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
