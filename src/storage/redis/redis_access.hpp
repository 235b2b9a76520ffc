#pragma once

#include "model/error.hpp"
#include "redis/servers.hpp"
#include "storage/redis/redis_keys.hpp"
#include "storage/redis/redis_place.hpp"
#include "storage/redis/redis_scripts.hpp"
#include "worker/timing_wheel.hpp"

#include <boost/asio/awaitable.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gim::storage {

// One worker's way to what is kept in Redis: its connections, the scripts that each server has been
// given, and which of their answers means what.
//
// A connection counts as up when its server has the scripts, and when it is known whether it still
// has what this worker was told that it keeps.
//
// Threads: its worker's.
class redis_access {
public:
    struct events {
        // A server is there, or no longer.
        std::function<void(bool is_up)> changed;
        // Keys or sharded channels are on other servers of the cluster.
        std::function<void()> moved;
        // The epoch is another one: some of what Redis had is lost.
        std::function<void()> lost;
        // To be awaited on each new connection to the server that has what is of all, before it
        // counts as up.
        std::function<boost::asio::awaitable<void>(redis::early)> claim;
    };

    redis_access(worker::worker& home, redis_place place, events told);

    const redis_place& place() const noexcept { return place_; }
    const redis_keys& keys() const noexcept { return keys_; }
    worker::worker& home() noexcept { return servers_.home(); }
    void start();
    // The server that has this key.
    redis::client& at(std::string_view key) noexcept { return servers_.at(key); }
    // How what belongs to this key is published, for those who listen to a sharded channel.
    std::string_view publish_command(std::string_view key) const noexcept {
        return servers_.shard_of(key) != 0 ? "SPUBLISH" : "PUBLISH";
    }
    // The one that has what is of all.
    redis::client& for_all() const noexcept { return servers_.at(keys_.epoch()); }
    // It is there; in a cluster, others may be missing.
    bool is_up() const noexcept { return for_all().is_up(); }
    redis::servers& servers() noexcept { return servers_; }
    // The name by which Redis knows the script.
    std::string_view name_of(redis_script s) const noexcept {
        return names_[static_cast<std::size_t>(s)];
    }
    // Of all that is kept; empty until the first connection was up.
    const std::string& epoch() const noexcept { return epoch_; }

    // Why a command, which is done, did nothing: 503; empty if it did. What is not of this request
    // is logged and counted.
    std::optional<model::error> refusal(const redis::call& c);
    // The same for what Redis was not asked at all.
    model::error refuse();
    // So many of the values in that key, or that channel, are not what gim writes there: they are
    // left out. Counted and logged unless there are none.
    void left_out(std::size_t values, std::string_view key);
    // What a refusal says.
    static model::error unavailable();

    // Somebody says that this is the epoch now.
    void learn_epoch(std::string now);
    // Asks Redis for it, as it may have been told while nobody listened; if Redis has none any
    // more, all is lost, and there is another one.
    boost::asio::awaitable<void> check_epoch();

    // Redis has said that it has this message. It must have it still when it comes back.
    void keep_in_mind(const std::string& head, std::uint64_t sequence);

private:
    // The last message that a server has acknowledged: as Redis writes and copies in one order, all
    // that came before is there if this one is.
    struct newest_message {
        std::string head;
        std::uint64_t sequence = 0;
        worker::worker::clock::time_point at{};
    };

    boost::asio::awaitable<std::string> prepare(redis::early c, std::size_t server);
    boost::asio::awaitable<std::string> learn_epoch_of(redis::early c);
    boost::asio::awaitable<std::string> look_for_newest(redis::early c, std::size_t server);
    // In place of that one.
    boost::asio::awaitable<std::string> renew_epoch(std::string before);

    const redis_place place_;
    const redis_keys keys_;
    const events told_;
    std::array<std::string, redis_script_count> names_;
    std::string epoch_;
    std::vector<newest_message> newest_;  // by the number of the server that had it
    redis::servers servers_;
    worker::timeout epoch_timer_;
};

}  // namespace gim::storage
