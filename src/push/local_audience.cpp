#include "push/local_audience.hpp"

#include <algorithm>

namespace gim::push {

form_set local_audience::room::forms() const noexcept {
    form_set set;
    for (const auto form : all_push_forms) {
        if (!by_form[index_of(form)].empty()) {
            set.add(form);
        }
    }
    return set;
}

std::size_t local_audience::room::connections() const noexcept {
    std::size_t all = 0;
    for (const auto& members : by_form) {
        all += members.size();
    }
    return all;
}

void local_audience::attach(connection_id id, outbox& box, push_form form) {
    detach(id);
    connections_.emplace(id, connection{&box, form, {}});
}

void local_audience::detach(connection_id id) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) {
        return;
    }
    for (const auto& s : found->second.rooms) {
        leave(found->second, *s);
    }
    connections_.erase(found);
}

void local_audience::subscribe(connection_id id, std::string_view room_id) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) {
        return;
    }
    connection& c = found->second;
    if (std::ranges::any_of(c.rooms, [&](const auto& s) { return s->of->id == room_id; })) {
        return;
    }
    auto at = rooms_.find(room_id);
    if (at == rooms_.end()) {
        at = rooms_.emplace(room_id, std::make_unique<room>(room{std::string(room_id), {}})).first;
    }
    room& r = *at->second;
    auto& members = r.by_form[index_of(c.form)];
    c.rooms.push_back(std::make_unique<subscription>(subscription{&r, members.size()}));
    members.push_back({c.box, c.rooms.back().get()});
    if (members.size() == 1) {
        changed_(r.id, r.forms());
    }
    tell_count(r);
}

void local_audience::unsubscribe(connection_id id, std::string_view room_id) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) {
        return;
    }
    connection& c = found->second;
    const auto s =
        std::ranges::find_if(c.rooms, [&](const auto& x) { return x->of->id == room_id; });
    if (s == c.rooms.end()) {
        return;
    }
    leave(c, **s);
    c.rooms.erase(s);
}

void local_audience::leave(const connection& c, const subscription& s) {
    room& r = *s.of;
    auto& members = r.by_form[index_of(c.form)];
    members[s.index] = members.back();
    members[s.index].place->index = s.index;
    members.pop_back();
    if (!members.empty()) {
        tell_count(r);
        return;
    }
    const auto forms = r.forms();
    changed_(r.id, forms);
    tell_count(r);
    if (forms.is_empty()) {
        rooms_.erase(rooms_.find(r.id));
    }
}

void local_audience::tell_count(room& r) {
    if (count_changed_ && !r.is_change_told) {
        count_changed_(r.id);
        r.is_change_told = true;
    }
}

void local_audience::prefetch_ahead(const std::vector<member>& members, std::size_t i) noexcept {
    constexpr std::size_t ahead = 4;  // members; enough for memory to arrive in time
    if (i + ahead < members.size()) {
        outbox::prefetch(members[i + ahead].box);
    }
}

bool local_audience::deliver(connection_id id, const packet_forms& packet) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) {
        return false;
    }
    const auto& bytes = packet[index_of(found->second.form)];
    if (bytes) {
        found->second.box->push(make_frame(bytes));
    }
    return bytes != nullptr;
}

outbox* local_audience::box_of(connection_id id) const {
    const auto found = connections_.find(id);
    return found == connections_.end() ? nullptr : found->second.box;
}

std::optional<local_audience::place>
local_audience::find(connection_id id, std::string_view room_id) const {
    const auto found = connections_.find(id);
    if (found == connections_.end()) {
        return std::nullopt;
    }
    const connection& c = found->second;
    const auto s =
        std::ranges::find_if(c.rooms, [&](const auto& x) { return x->of->id == room_id; });
    if (s == c.rooms.end()) {
        return std::nullopt;
    }
    const member& m = (*s)->of->by_form[index_of(c.form)][(*s)->index];
    return place{m.box, m.skipped};
}

std::vector<std::string> local_audience::rooms_received(connection_id id) const {
    std::vector<std::string> rooms;
    if (const auto found = connections_.find(id); found != connections_.end()) {
        for (const auto& s : found->second.rooms) {
            rooms.push_back(s->of->id);
        }
    }
    return rooms;
}

std::vector<connection_id> local_audience::connections_in(std::string_view room_id) const {
    std::vector<connection_id> all;
    for (const auto& [id, c] : connections_) {
        if (std::ranges::any_of(c.rooms, [&](const auto& s) { return s->of->id == room_id; })) {
            all.push_back(id);
        }
    }
    return all;
}

local_audience::reach local_audience::fan_out(
    std::string_view room_id,
    const packet_forms& packet,
    const model::packet* skippable
) {
    const auto found = rooms_.find(room_id);
    if (found == rooms_.end()) {
        return {};
    }
    reach all;
    for (const auto form : all_push_forms) {
        const auto& bytes = packet[index_of(form)];
        auto& members = found->second->by_form[index_of(form)];
        if (!bytes || members.empty()) {
            continue;
        }
        const auto f = make_frame(bytes);
        if (skippable != nullptr) {
            const auto passed_over = fan_out_skipping(members, form, f, *skippable);
            all.reached += members.size() - passed_over;
            all.passed_over += passed_over;
            found->second->passed_over += passed_over;
            continue;
        }
        all.reached += members.size();
        for (std::size_t i = 0; i < members.size(); ++i) {
            prefetch_ahead(members, i);
            members[i].box->push(f);
        }
    }
    return all;
}

local_audience::attendance local_audience::attendance_of(std::string_view room_id) const {
    const auto found = rooms_.find(room_id);
    if (found == rooms_.end()) {
        return {};
    }
    return {found->second->connections(), found->second->passed_over};
}

std::size_t local_audience::count(std::string_view room_id) {
    const auto found = rooms_.find(room_id);
    if (found == rooms_.end()) {
        return 0;
    }
    found->second->is_change_told = false;
    return found->second->connections();
}

std::size_t local_audience::rooms_of(connection_id id) const {
    const auto found = connections_.find(id);
    return found == connections_.end() ? 0 : found->second.rooms.size();
}

// Whoever fell behind and caught up gets a frame of its own; those who missed the same number, as
// members that stopped together have, share it. Since an outbox must be written by half of the soft
// bound before it is no longer behind, that happens once in so many bytes at most.
std::size_t local_audience::fan_out_skipping(
    std::vector<member>& members,
    push_form form,
    const frame_ptr& f,
    const model::packet& p
) {
    const auto messages = p.items.size() + p.skipped;
    std::size_t passed_over = 0;
    std::uint64_t told = 0;  // what `telling` tells
    frame_ptr telling;
    for (std::size_t i = 0; i < members.size(); ++i) {
        prefetch_ahead(members, i);
        auto& m = members[i];
        if (m.box->is_behind()) {
            m.skipped += messages;
            m.box->pass_over();
            ++passed_over;
        } else if (m.skipped == 0) {
            m.box->push(f);
        } else {
            if (m.skipped != told) {
                auto own = p;
                own.skipped += m.skipped;
                telling = make_frame(encode_form(own, form, packer_, memory_), f->made());
                told = m.skipped;
            }
            m.box->push(telling);
            m.skipped = 0;
        }
    }
    return passed_over;
}

}  // namespace gim::push
