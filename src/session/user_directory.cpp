#include "session/user_directory.hpp"

#include <algorithm>

namespace gim::session {

void user_directory::tell(std::string_view user, bool is_online) const {
    if (changed_) {
        changed_(user, is_online);
    }
}

void user_directory::connect(std::string_view user, const connection_ref& connection) {
    auto& connections = protocol::value_at(users_, user);
    const auto known = std::ranges::find(connections, connection.id, &connection_ref::id);
    if (known == connections.end()) {
        connections.push_back(connection);
        if (connections.size() == 1) {
            tell(user, true);
        }
    } else {
        *known = connection;
    }
}

void user_directory::disconnect(std::string_view user, push::connection_id connection) {
    const auto found = users_.find(user);
    if (found == users_.end()) {
        return;
    }
    std::erase_if(found->second, [&](const connection_ref& c) { return c.id == connection; });
    if (found->second.empty()) {
        users_.erase(found);
        tell(user, false);
    }
}

std::vector<connection_ref> user_directory::take(std::string_view user) {
    const auto found = users_.find(user);
    if (found == users_.end()) {
        return {};
    }
    auto connections = std::move(found->second);
    users_.erase(found);
    tell(user, false);
    return connections;
}

std::span<const connection_ref> user_directory::connections(std::string_view user) const {
    const auto found = users_.find(user);
    if (found == users_.end()) {
        return {};
    }
    return found->second;
}

}  // namespace gim::session
