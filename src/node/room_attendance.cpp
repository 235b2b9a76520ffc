#include "node/room_attendance.hpp"

#include "node/node.hpp"

namespace gim::node {

using model::session_id;
using worker::async_result;

namespace {

// Of this process. Ends on any worker; the ids must live until then.
boost::asio::awaitable<std::vector<std::uint64_t>>
count_here(node& all, std::span<const std::string> rooms) {
    std::vector<std::string> sessions;
    for (const auto& room : rooms) {
        sessions.push_back(session_id::room(room).text());
    }
    std::vector<std::uint64_t> counts(rooms.size());
    for (std::size_t w = 0; w < all.size(); ++w) {
        auto& each = all.at(w);
        co_await worker::hop(each.thread);
        for (std::size_t i = 0; i < counts.size(); ++i) {
            counts[i] += each.audience.count(sessions[i]);
        }
    }
    co_return counts;
}

}  // namespace

boost::asio::awaitable<std::vector<std::uint64_t>> room_attendance::counts(
    std::span<const std::string> rooms
) {
    return worker::and_return(all_.at(home_).thread, count_here(all_, rooms));
}

void room_attendance::visit(const std::function<void(std::string_view room)>& f) const {
    all_.at(home_).rooms.visit_received([&f](const session_id& room) { f(room.room_id()); });
}

async_result<void> count_connections(node& all, std::vector<model::room_reply>& rooms) {
    if (rooms.empty()) {
        co_return model::result<void>();
    }
    std::vector<std::string> ids;
    for (const auto& r : rooms) {
        ids.push_back(r.id);
    }
    const auto here = co_await count_here(all, ids);
    for (std::size_t i = 0; i < rooms.size(); ++i) {
        rooms[i].connections = here[i];
    }
    auto* const others = all.here().store->nodes();
    if (others == nullptr) {
        co_return model::result<void>();
    }
    const auto there = co_await others->elsewhere(storage::counted_by::room, std::move(ids));
    if (!there) {
        co_return there.error();
    }
    for (std::size_t i = 0; i < rooms.size(); ++i) {
        rooms[i].connections += (*there)[i];
    }
    co_return model::result<void>();
}

}  // namespace gim::node
