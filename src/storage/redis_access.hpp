#pragma once

#include "protocol/error.hpp"
#include "redis/client.hpp"
#include "storage/redis_keys.hpp"
#include "storage/redis_place.hpp"
#include "storage/redis_scripts.hpp"

#include <boost/asio/awaitable.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace gim::storage {

// One worker's way to what is kept in Redis: its connection, the scripts that Redis has been given,
// and which of its answers means what.
//
// A connection counts as up when Redis has the scripts, and when it is known whether it still has
// what this worker was told that it keeps.
//
// Threads: its worker's.
class redis_access {
public:
    struct events {
        std::function<void(bool is_up)> changed;
        // The epoch is another one: some of what Redis had is lost.
        std::function<void()> lost;
        // To be awaited on each new connection, before it counts as up.
        std::function<boost::asio::awaitable<void>(redis::early)> claim;
    };

    redis_access(worker::worker& home, redis_place place, events told);

    const redis_place& place() const noexcept { return place_; }
    const redis_keys& keys() const noexcept { return keys_; }
    redis::client& client() noexcept { return client_; }
    bool is_up() const noexcept { return client_.is_up(); }
    // The name by which Redis knows the script.
    std::string_view name_of(redis_script s) const noexcept {
        return names_[static_cast<std::size_t>(s)];
    }
    // Of all that is kept; empty until the first connection was up.
    const std::string& epoch() const noexcept { return epoch_; }

    // Why a command, which is done, did nothing: 503; empty if it did. What is not of this request
    // is logged and counted.
    std::optional<protocol::error> refusal(const redis::call& c);
    // The same for what Redis was not asked at all.
    protocol::error refuse();
    // What a refusal says.
    static protocol::error unavailable();

    // Somebody says that this is the epoch now.
    void learn_epoch(std::string now);
    // Asks Redis for it, as it may have been told while nobody listened.
    boost::asio::awaitable<void> check_epoch();

    // Redis has said that it has this message. It must have it still when it comes back.
    void keep_in_mind(const std::string& head, std::uint64_t sequence);

private:
    boost::asio::awaitable<std::string> prepare(redis::early c);
    boost::asio::awaitable<std::string> agree_on_epoch(redis::early c);

    const redis_place place_;
    const redis_keys keys_;
    const events told_;
    std::array<std::string, redis_script_count> names_;
    std::string epoch_;
    // The last message that Redis has acknowledged: as Redis writes and copies in one order, all
    // that came before is there if this one is.
    std::string newest_head_;
    std::uint64_t newest_sequence_ = 0;
    worker::worker::clock::time_point newest_at_{};
    redis::client client_;
};

}  // namespace gim::storage
