#include "node/shared_changes.hpp"

#include "node/device_rooms.hpp"
#include "node/node.hpp"
#include "worker/spawn.hpp"

#include <set>
#include <utility>

namespace gim::node {

namespace {

constexpr auto role = "change by another node";
constexpr auto lost =
    "messages were lost, or may be: connect again and read the history from the beginning";

}  // namespace

shard& shared_changes::home() {
    return all_.at(worker_);
}

void shared_changes::on_message(const model::session_id& room, model::message_ptr m) {
    home().rooms.add(room, std::move(m));
}

void shared_changes::on_room_lost(const model::session_id& room) {
    for (std::size_t w = 0; w < all_.size(); ++w) {
        auto& target = all_.at(w);
        target.thread.run([&target, room] {
            if (target.closer == nullptr) {
                return;
            }
            for (const auto id : target.audience.connections_in(room.text())) {
                target.closer->close(id, websocket::close_code::state_lost, lost);
            }
        });
    }
}

void shared_changes::on_dismissed(const model::session_id& room) {
    home().rooms.forget(room);
}

void shared_changes::on_private_message(
    std::string_view user,
    model::packet p,
    std::optional<std::uint64_t> except
) {
    all_.push_to_user(std::string(user), std::move(p), except);
}

void shared_changes::on_user_lost(std::string_view user) {
    for (const auto& c : home().users.connections(user)) {
        all_.close_connection(c, websocket::close_code::state_lost, lost);
    }
}

void shared_changes::on_disconnect(std::string_view user) {
    all_.disconnect(std::string(user));
}

void shared_changes::on_membership(std::string_view user, std::string_view room) {
    worker::spawn(home().thread, role, [this, user = std::string(user), room = std::string(room)] {
        return match(user, room);
    });
}

void shared_changes::on_memberships(std::string_view user) {
    worker::spawn(home().thread, role, [this, user = std::string(user)] {
        return match_all(user);
    });
}

boost::asio::awaitable<void> shared_changes::match(std::string user, std::string room) {
    const auto session = model::session_id::room(room);
    auto matched = co_await match_devices(all_, user, session);
    if (!matched) {
        // Redis is gone once more; when it is there again, all of them are matched.
        co_return;
    }
}

// Those in the user's list, and those that a device still receives.
boost::asio::awaitable<void> shared_changes::match_all(std::string user) {
    std::set<std::string> rooms;
    auto listed = co_await home().store->rooms_of(user);
    if (!listed) {
        co_return;
    }
    for (auto& [room, joined_at] : *listed) {
        rooms.insert(std::move(room));
    }
    std::vector<connection_ref> devices;
    for (const auto& c : home().users.connections(user)) {
        devices.push_back(c);
    }
    for (const auto& c : devices) {
        auto& target = all_.at(c.worker);
        co_await worker::hop(target.thread);
        for (const auto& text : target.audience.rooms_received(c.id)) {
            if (const auto session = model::session_id::parse(text)) {
                rooms.emplace(session->room_id());
            }
        }
    }
    for (const auto& room : rooms) {
        co_await match(user, room);
    }
}

}  // namespace gim::node
