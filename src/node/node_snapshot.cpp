#include "node/node_snapshot.hpp"

#include "base/overloaded.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

namespace gim::node {

namespace snapshot = storage::snapshot;
using model::session_id;

void node_snapshot::begin(storage::snapshot_writer& to) const {
    const std::string epoch(stores_.front()->epoch());
    to.add(snapshot::beginning{epoch, all_.now_ms()});
}

void node_snapshot::save_rooms(std::size_t worker, storage::snapshot_writer& to) const {
    stores_[worker]->save_rooms(to);
}

void node_snapshot::save_rest(std::size_t worker, storage::snapshot_writer& to) const {
    stores_[worker]->save_rest(to);
}

void node_snapshot::restore(const snapshot::record& r) {
    const base::overloaded put_in_place{
        [](const snapshot::beginning&) {},
        [](const snapshot::ending&) {},
        [this](const auto& q) { put(q); }};
    std::visit(put_in_place, r);
}

void node_snapshot::settle() {
    for (auto* store : stores_) {
        store->settle();
    }
    const auto evict = [](storage::memory_store* store) { return store->evict() != 0; };
    while (std::ranges::count_if(stores_, evict) != 0) {
    }
    for (auto* store : stores_) {
        store->keep_listed([this](const session_id& session) {
            return store_of(all_.home_of(session)).has_messages(session);
        });
    }
}

storage::store_sizes node_snapshot::sizes() const {
    storage::store_sizes all;
    for (const auto* store : stores_) {
        const auto one = store->sizes();
        all.messages += one.messages;
        all.message_bytes += one.message_bytes;
        all.sessions += one.sessions;
        all.rooms += one.rooms;
        all.rooms_left += one.rooms_left;
        all.users += one.users;
        all.users_idle += one.users_idle;
        all.requests += one.requests;
    }
    return all;
}

void node_snapshot::put(const snapshot::room& r) {
    of_room_ = &store_of(all_.home_of(session_id::room(r.id)));
    of_room_->restore(r);
}

void node_snapshot::put(const snapshot::member& r) {
    of_room_->restore(r);
}

void node_snapshot::put(const snapshot::user& r) {
    store_of(all_.home_of_user(r.id)).restore(r);
}

// A room that there was no space for is in nobody's list either, and a user for whom there was none
// is in no room.
void node_snapshot::put(const snapshot::joined& r) {
    auto& of_room = store_of(all_.home_of(session_id::room(r.room)));
    if (!of_room.has_member(r.room, r.user)) {
        return;
    }
    auto& of_user = store_of(all_.home_of_user(r.user));
    of_user.restore(r);
    if (!of_user.has_user(r.user)) {
        of_room.drop_member(r.room, r.user);
    }
}

void node_snapshot::put(const snapshot::listed& r) {
    store_of(all_.home_of_user(r.user)).restore(r);
}

void node_snapshot::put(const snapshot::horizon& r) {
    for (auto* store : stores_) {
        store->restore(r);
    }
}

void node_snapshot::put(const snapshot::session& r) {
    of_session_ = &store_of(all_.home_of(*session_id::parse(r.id)));
    of_session_->restore(r);
}

void node_snapshot::put(const snapshot::message& r) {
    of_session_->restore(r);
}

void node_snapshot::put(const snapshot::request& r) {
    store_of(all_.home_of(*session_id::parse(r.session))).restore(r);
}

}  // namespace gim::node
