#pragma once

#include "base/text_map.hpp"
#include "redis/channels.hpp"
#include "storage/feed.hpp"
#include "storage/redis/redis_access.hpp"
#include "storage/redis/redis_watch.hpp"
#include "worker/alarm.hpp"
#include "worker/task_limit.hpp"
#include "worker/timing_wheel.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gim::storage {

class redis_store;

// What is published in the channels of one worker's rooms and users, with what was missed while
// there was no subscription.
//
// Problem: what Redis publishes is heard by who listens at that moment, and whoever's connection
// was cut does not even know that something was said. But every message has a sequence, and what is
// published is kept. So a room is known by the last sequence that was told: with each new
// subscription, and whenever a sequence does not follow, what lies between is read
// (redis_room_watch). A private
// message comes in a user's channel, whichever session it is of, so there a number is counted by
// the user: each message is listed under the next one (lua/touch.lua), which is told in the channel
// as well. As that is a second step, a message may be heard before the touch of one that was
// missed, which then cannot be told in order. What cannot be told, as that or as it is no longer
// kept, is said to be lost (redis_user_watch).
//
// Threads: its worker's.
class redis_feed final : public feed {
public:
    redis_feed(worker::worker& home, redis_store& of, redis_access& access, std::string node);
    redis_feed(const redis_feed&) = delete;
    redis_feed& operator=(const redis_feed&) = delete;

    // How often some of the keys that are watched get the whole lifetime again.
    static constexpr std::chrono::milliseconds refresh_pause{50};
    // How many that is at once, of so many keys: all of them within a quarter of the lifetime, so
    // that none expires between two rounds.
    static std::size_t keys_at_once(std::size_t keys, std::chrono::milliseconds ttl) noexcept;

    void start();
    bool is_up() const noexcept { return channels_.is_up(); }
    // A connection for commands is there again: what could not be read can be.
    void commands_are_up() { read_all_that_must(); }
    // So have sharded channels.
    void keys_moved() { channels_.moved(); }
    // Redis has lost some of what it had: all who are watched are told, whether they missed
    // anything or not, since nobody knows.
    void begin_anew();

    void listen(feed_listener& who) override { with_.listener = &who; }
    void watch(const model::session_id& room) override;
    void unwatch(const model::session_id& room) override;
    worker::async_result<void> watching(const model::session_id& room) override;
    void watch_user(std::string_view user) override;
    void unwatch_user(std::string_view user) override;
    worker::async_result<void> watching_user(std::string_view user) override;

private:
    using watch_ptr = std::shared_ptr<redis_watch>;
    struct reading {
        watch_ptr what;
        worker::task_limit::permit turn;
    };

    void add(watch_ptr watched);
    void remove(std::string_view channel);
    worker::async_result<void> await_begin(std::string channel);
    void received(std::string_view channel, std::string_view line);
    void was_cut(std::string_view channel);
    void restored();
    std::vector<watch_ptr> all() const;
    void read_all_that_must() noexcept;
    void read_later();
    boost::asio::awaitable<void> read_some();
    void refresh();

    redis::channels channels_;
    redis_watch::context with_;
    base::text_map<watch_ptr> watched_;  // by channel
    std::vector<reading> to_read_;
    worker::task_limit lanes_;
    worker::timeout retry_;
    std::vector<std::string> to_refresh_;  // keys
    std::size_t refreshed_at_once_ = 0;
    worker::alarm refresher_;
};

}  // namespace gim::storage
