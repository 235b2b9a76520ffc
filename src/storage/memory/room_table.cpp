#include "storage/memory/room_table.hpp"

#include <atomic>
#include <utility>

namespace gim::storage {

namespace {

// The order of what happens on all workers.
shared_limit::age next_number() noexcept {
    static std::atomic<shared_limit::age> last{0};
    return last.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

room_table::room_table(shared_limit::share limit, std::function<void(std::string_view)> forgotten)
    : limit_(limit), forgotten_(std::move(forgotten)) {}

model::result<std::reference_wrapper<room_table::room>> room_table::room_of(std::string_view id) {
    auto found = rooms_.find(id);
    if (found == rooms_.end()) {
        if (!limit_.keep_new()) {
            return model::error{
                model::status::unavailable, "id: this server has as many rooms as it may have"};
        }
        found = rooms_.try_emplace(std::string(id)).first;
        found->second.id = &found->first;
        by_id_.insert(0, &found->first);
        limit_.add(1);
        limit_.make_space([this] { return evict_first_left(); });
    }
    return std::ref(found->second);
}

void room_table::evict() {
    limit_.evict([this] { return evict_first_left(); });
}

bool room_table::evict_first_left() {
    if (left_.empty()) {
        return false;
    }
    room& first = left_.front();
    forgotten_(*first.id);
    erase(first);
    return true;
}

void room_table::put_with_left(room& r) {
    r.left_at = next_number();
    left_.push_back(r);
    publish_first_left();
    limit_.release();
}

void room_table::take_from_left(room& r) {
    if (r.left.is_linked()) {
        left_.erase(left_.iterator_to(r));
        limit_.keep();
        publish_first_left();
    }
}

void room_table::publish_first_left() noexcept {
    limit_.set_oldest(left_.empty() ? shared_limit::no_entry : left_.front().left_at);
}

void room_table::erase(room& r) {
    take_from_left(r);
    limit_.release();
    limit_.remove(1);
    by_id_.erase(0, r.id);
    rooms_.erase(rooms_.find(*r.id));
}

model::result<bool>
room_table::add_member(std::string_view id, std::string_view user, std::size_t max_members) {
    const auto made = room_of(id);
    if (!made) {
        return made.error();
    }
    room& r = made->get();
    const bool is_full = max_members != 0 && r.members.size() >= max_members;
    if (is_full && !r.members.contains(0, user)) {
        return limit_reached();
    }
    take_from_left(r);
    return r.members.insert(0, std::string(user));
}

model::result<bool> room_table::create(std::string_view id) {
    if (rooms_.contains(id)) {
        return false;
    }
    const auto made = room_of(id);
    if (!made) {
        return made.error();
    }
    return true;
}

bool room_table::remove_member(std::string_view id, std::string_view user) {
    const auto found = rooms_.find(id);
    if (found == rooms_.end() || !found->second.members.erase(0, user)) {
        return false;
    }
    if (found->second.members.empty()) {
        put_with_left(found->second);
    }
    return true;
}

bool room_table::is_member(std::string_view id, std::string_view user) const {
    const auto found = rooms_.find(id);
    return found != rooms_.end() && found->second.members.contains(0, user);
}

std::optional<std::vector<std::string>> room_table::remove(std::string_view id) {
    const auto found = rooms_.find(id);
    if (found == rooms_.end()) {
        return std::nullopt;
    }
    std::vector<std::string> ids;
    ids.reserve(found->second.members.size());
    for (const auto& entry : found->second.members) {
        ids.push_back(entry.member);
    }
    erase(found->second);
    return ids;
}

std::optional<room_record> room_table::find(std::string_view id) const {
    const auto found = rooms_.find(id);
    if (found == rooms_.end()) {
        return std::nullopt;
    }
    return room_record{found->first, found->second.members.size()};
}

id_page room_table::members(std::string_view id, std::string_view after, std::size_t limit) const {
    id_page page;
    const auto found = rooms_.find(id);
    if (found == rooms_.end()) {
        return page;
    }
    const id_set& ids = found->second.members;
    page.total = ids.size();
    auto next = ids.upper_bound(0, after);
    for (; next != ids.end() && page.ids.size() < limit; ++next) {
        page.ids.push_back(next->member);
    }
    page.has_more = next != ids.end();
    return page;
}

std::vector<room_record> room_table::rooms(std::string_view after, std::size_t limit) const {
    std::vector<room_record> page;
    auto next = by_id_.upper_bound(0, after);
    for (; next != by_id_.end() && page.size() < limit; ++next) {
        page.push_back({*next->member, rooms_.find(*next->member)->second.members.size()});
    }
    return page;
}

// --- a snapshot

void room_table::save(snapshot_writer& to) const {
    for (const auto& entry : by_id_) {
        const room& r = rooms_.find(*entry.member)->second;
        if (!r.left.is_linked()) {
            save(r, snapshot::occupancy::kept, to);
        }
    }
    for (const room& r : left_) {
        save(r, snapshot::occupancy::left, to);
    }
}

void room_table::save(const room& r, snapshot::occupancy state, snapshot_writer& to) {
    to.add(snapshot::room{*r.id, state});
    for (const auto& entry : r.members) {
        to.add(snapshot::member{entry.member});
    }
}

void room_table::restore(const snapshot::room& r) {
    restored_ = nullptr;
    // A room that was left is evicted only for rooms that were not.
    const bool is_full = limit_.limit() != 0 && limit_.used() >= limit_.limit();
    if (r.state == snapshot::occupancy::left && is_full) {
        return;
    }
    if (const auto made = room_of(r.id)) {
        restored_ = &made->get();
        if (r.state == snapshot::occupancy::left && restored_->members.empty() &&
            !restored_->left.is_linked()) {
            put_with_left(*restored_);
        }
    }
}

void room_table::restore(const snapshot::member& r) {
    if (restored_ != nullptr) {
        take_from_left(*restored_);
        restored_->members.insert(0, std::string(r.user));
    }
}

}  // namespace gim::storage
