#pragma once

#include "protocol/text_map.hpp"
#include "session/connection_ref.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gim::session {

// Presence: the connections of the users who are at home on one worker.
//
// Threads: one worker's.
class user_directory {
public:
    // `changed` hears of each user who comes online, and who goes offline.
    using presence_changed = std::function<void(std::string_view user, bool is_online)>;

    explicit user_directory(presence_changed changed = {}) : changed_(std::move(changed)) {}

    // One that is there already keeps its place, with what it says now.
    void connect(std::string_view user, const connection_ref& connection);
    void disconnect(std::string_view user, push::connection_id connection);

    // The user is offline; returns the connections that were.
    std::vector<connection_ref> take(std::string_view user);

    // Empty if the user is offline. Oldest first. Valid until the next change.
    std::span<const connection_ref> connections(std::string_view user) const;
    std::size_t size() const noexcept { return users_.size(); }  // users that are online
    bool is_online(std::string_view user) const { return !connections(user).empty(); }

private:
    void tell(std::string_view user, bool is_online) const;

    protocol::text_map<std::vector<connection_ref>> users_;
    const presence_changed changed_;
};

}  // namespace gim::session
