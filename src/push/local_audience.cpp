#include "push/local_audience.hpp"

#include <algorithm>

namespace gim::push {

using protocol::wire_form;

form_set local_audience::room::forms() const noexcept {
    form_set set;
    for (const auto form : protocol::all_wire_forms) {
        if (!by_form[static_cast<std::size_t>(form)].empty()) {
            set.add(form);
        }
    }
    return set;
}

void local_audience::attach(connection_id id, outbox& box, wire_form form) {
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
    auto& members = r.by_form[static_cast<std::size_t>(c.form)];
    c.rooms.push_back(std::make_unique<subscription>(subscription{&r, members.size()}));
    members.push_back({c.box, c.rooms.back().get()});
    if (members.size() == 1) {
        changed_(r.id, r.forms());
    }
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
    auto& members = r.by_form[static_cast<std::size_t>(c.form)];
    members[s.index] = members.back();
    members[s.index].place->index = s.index;
    members.pop_back();
    if (!members.empty()) {
        return;
    }
    const auto forms = r.forms();
    changed_(r.id, forms);
    if (forms.is_empty()) {
        rooms_.erase(rooms_.find(r.id));
    }
}

void local_audience::deliver(connection_id id, const packet_forms& packet) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) {
        return;
    }
    const auto& bytes = packet[static_cast<std::size_t>(found->second.form)];
    if (bytes) {
        found->second.box->push(make_frame(bytes));
    }
}

void local_audience::fan_out(std::string_view room_id, const packet_forms& packet) {
    const auto found = rooms_.find(room_id);
    if (found == rooms_.end()) {
        return;
    }
    for (const auto form : protocol::all_wire_forms) {
        const auto& bytes = packet[static_cast<std::size_t>(form)];
        const auto& members = found->second->by_form[static_cast<std::size_t>(form)];
        if (!bytes || members.empty()) {
            continue;
        }
        const auto f = make_frame(bytes);
        constexpr std::size_t ahead = 4;  // members; enough for memory to arrive in time
        for (std::size_t i = 0; i < members.size(); ++i) {
            if (i + ahead < members.size()) {
                outbox::prefetch(members[i + ahead].box);
            }
            members[i].box->push(f);
        }
    }
}

}  // namespace gim::push
