#pragma once

#include "base/text_map.hpp"
#include "node/connection_ref.hpp"
#include "storage/presence.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gim::node {

// Presence: the connections of the users who are at home on one worker.
//
// Threads: one worker's.
class user_directory final : public storage::local_counts {
public:
    // `changed` hears how many connections a user had and has, whenever that changes.
    using presence_changed =
        std::function<void(std::string_view user, std::size_t before, std::size_t now)>;

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
    std::size_t count(std::string_view user) const { return connections(user).size(); }

    boost::asio::awaitable<std::vector<std::uint64_t>> counts(std::span<const std::string> users
    ) override;
    void visit(const std::function<void(std::string_view user)>& f) const override;

private:
    void tell(std::string_view user, std::size_t before, std::size_t now) const;

    base::text_map<std::vector<connection_ref>> users_;
    const presence_changed changed_;
};

}  // namespace gim::node
