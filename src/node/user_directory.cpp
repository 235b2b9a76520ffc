#include "node/user_directory.hpp"

#include <algorithm>

namespace gim::node {

void user_directory::tell(std::string_view user, std::size_t before, std::size_t now) const {
    if (changed_ && before != now) {
        changed_(user, before, now);
    }
}

void user_directory::connect(std::string_view user, const connection_ref& connection) {
    auto& connections = base::value_at(users_, user);
    const auto known = std::ranges::find(connections, connection.id, &connection_ref::id);
    if (known == connections.end()) {
        connections.push_back(connection);
        tell(user, connections.size() - 1, connections.size());
    } else {
        *known = connection;
    }
}

void user_directory::disconnect(std::string_view user, push::connection_id connection) {
    const auto found = users_.find(user);
    if (found == users_.end()) {
        return;
    }
    const auto before = found->second.size();
    std::erase_if(found->second, [&](const connection_ref& c) { return c.id == connection; });
    const auto now = found->second.size();
    if (now == 0) {
        users_.erase(found);
    }
    tell(user, before, now);
}

std::vector<connection_ref> user_directory::take(std::string_view user) {
    const auto found = users_.find(user);
    if (found == users_.end()) {
        return {};
    }
    auto connections = std::move(found->second);
    users_.erase(found);
    tell(user, connections.size(), 0);
    return connections;
}

std::span<const connection_ref> user_directory::connections(std::string_view user) const {
    const auto found = users_.find(user);
    if (found == users_.end()) {
        return {};
    }
    return found->second;
}

boost::asio::awaitable<std::vector<std::uint64_t>> user_directory::counts(
    std::span<const std::string> users
) {
    std::vector<std::uint64_t> all;
    for (const auto& user : users) {
        all.push_back(count(user));
    }
    co_return all;
}

void user_directory::visit(const std::function<void(std::string_view user)>& f) const {
    for (const auto& [user, connections] : users_) {
        f(user);
    }
}

}  // namespace gim::node
