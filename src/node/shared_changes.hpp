#pragma once

#include "storage/feed.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace gim::node {

class node;
struct shard;

// What happens in a store that several processes share, as it comes to one shard: messages go on
// their way to the connections here, memberships to the devices, and whoever missed what cannot be
// told any more is closed with 4003.
//
// Threads: its shard's.
class shared_changes final : public storage::feed_listener {
public:
    shared_changes(node& all, std::size_t worker) : all_(all), worker_(worker) {}

    void on_message(const model::session_id& room, model::message_ptr m) override;
    void on_room_lost(const model::session_id& room) override;
    void on_dismissed(const model::session_id& room) override;
    void on_private_message(
        std::string_view user,
        model::packet p,
        std::optional<std::uint64_t> except
    ) override;
    void on_user_lost(std::string_view user) override;
    void on_disconnect(std::string_view user) override;
    void on_membership(std::string_view user, std::string_view room) override;
    void on_memberships(std::string_view user) override;

private:
    shard& home();
    boost::asio::awaitable<void> match(std::string user, std::string room);
    boost::asio::awaitable<void> match_all(std::string user);

    node& all_;
    const std::size_t worker_;
};

}  // namespace gim::node
