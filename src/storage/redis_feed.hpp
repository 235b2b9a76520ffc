#pragma once

#include "protocol/text_map.hpp"
#include "redis/subscriber.hpp"
#include "storage/feed.hpp"
#include "storage/redis_access.hpp"
#include "storage/redis_told.hpp"
#include "worker/alarm.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gim::storage {

class redis_store;

// What is published in the channels of one worker's rooms and users, with what was missed while
// there was no subscription.
//
// Problem: what Redis publishes is heard by who listens at that moment, and whoever's connection
// was cut does not even know that something was said. But every message has a sequence, and what is
// published is kept. So a room is known by the last sequence that was told: with each new
// subscription, and whenever a sequence does not follow, what lies between is read. A private
// message comes in a user's channel, whichever session it is of, so there a number is counted by
// the user: each message is listed under the next one (lua/touch.lua), which is told in the channel
// as well. As that is a second step, a message may be heard before the touch of one that was
// missed, which then cannot be told in order. What cannot be told, as that or as it is no longer
// kept, is said to be lost.
//
// Threads: its worker's.
class redis_feed final : public feed {
public:
    redis_feed(worker::worker& home, redis_store& of, redis_access& access, std::string node);
    redis_feed(const redis_feed&) = delete;
    redis_feed& operator=(const redis_feed&) = delete;

    void start();
    bool is_up() const noexcept { return subscriber_.is_up(); }
    // The connection for commands is there again: what could not be read can be.
    void commands_are_up() { read_all_that_must(); }
    // Redis has lost some of what it had: all who are watched are told, whether they missed
    // anything or not, since nobody knows.
    void begin_anew();

    void listen(feed_listener& who) override { listener_ = &who; }
    void watch(const protocol::session_id& room) override;
    void unwatch(const protocol::session_id& room) override;
    async_result<void> watching(const protocol::session_id& room) override;
    void watch_user(std::string_view user) override;
    void unwatch_user(std::string_view user) override;
    async_result<void> watching_user(std::string_view user) override;

private:
    using clock = worker::worker::clock;

    // What the room has come to when it was watched, and since.
    struct room {
        explicit room(protocol::session_id s, std::string c)
            : session(std::move(s)), channel(std::move(c)) {}
        const protocol::session_id session;
        const std::string channel;
        bool is_known = false;  // what is below
        std::string epoch;
        std::uint64_t seen = 0;
        bool has_heard = false;  // one that was published; else `seen` was read, a bit earlier
        bool must_read = false;  // something was missed, or may have been
        bool is_reading = false;
        std::vector<protocol::message_ptr> held = {};  // what is published meanwhile
        bool is_gone = false;                          // nobody watches it any more
    };
    using room_ptr = std::shared_ptr<room>;

    // Sequences of one session, told or said to be lost, without a gap; from 1 on, so 0 is none.
    struct told_range {
        std::uint64_t first = 0;
        std::uint64_t last = 0;
    };

    struct user {
        user(std::string i, std::string c) : id(std::move(i)), channel(std::move(c)) {}
        const std::string id;
        const std::string channel;
        bool is_known = false;
        std::uint64_t touched = 0;  // the number of the last touch that was told
        // By session, what was told; of those of which more may be heard, see forget_old().
        protocol::text_map<told_range> seen{};
        protocol::text_map<told_range> seen_before{};
        clock::time_point seen_since = clock::now();
        bool was_cut = false;  // the subscription was lost since it began
        // Sessions of which one was heard that does not follow the last, and its sequence.
        std::vector<std::pair<protocol::session_id, std::uint64_t>> behind_gap = {};
        bool must_read = false;
        bool is_reading = false;
        std::vector<std::string> held = {};
        bool is_gone = false;
    };
    using user_ptr = std::shared_ptr<user>;

    void received(std::string_view channel, std::string_view line);
    void changed(bool is_up);
    void read_all_that_must();
    void refresh();
    boost::asio::awaitable<void> read_some();

    boost::asio::awaitable<bool> begin(room_ptr r);
    void heard(const room_ptr& r, std::string_view line);
    static bool is_next(const room& r, const protocol::message& m);
    void tell(room& r, protocol::message_ptr m);
    void read_soon(const room_ptr& r);
    boost::asio::awaitable<void> read(room_ptr r);
    boost::asio::awaitable<bool> read_missed(room_ptr r);
    std::string epoch_of(const protocol::history_reply& page) const;
    void lose(room& r, std::string epoch, std::uint64_t top);

    boost::asio::awaitable<bool> begin(user_ptr u);
    void heard(const user_ptr& u, std::string_view line);
    void heard_now(const user_ptr& u, std::string_view line);
    void read_soon(const user_ptr& u);
    boost::asio::awaitable<void> read(user_ptr u);
    boost::asio::awaitable<bool> read_missed(user_ptr u);
    boost::asio::awaitable<bool>
    read_private(user_ptr u, protocol::session_id session, std::uint64_t sequence);
    static told_range seen_of(const user& u, std::string_view session);
    static std::uint64_t last_seen(const user& u, std::string_view session) {
        return seen_of(u, session).last;
    }
    void lose_if_overtaken(user& u, std::string_view session, std::uint64_t sequence);
    static void has_seen(user& u, std::string_view session, std::uint64_t sequence);
    static void forget_old(user& u);
    void lose(user& u);

    worker::worker& home_;
    redis_store& store_;
    redis_access& access_;
    const std::string node_;
    feed_listener* listener_ = nullptr;
    protocol::text_map<room_ptr> rooms_;  // by channel
    protocol::text_map<user_ptr> users_;  // by channel
    std::vector<std::function<boost::asio::awaitable<void>()>> to_read_;
    std::size_t reading_ = 0;
    std::vector<std::string> to_refresh_;  // keys
    worker::alarm refresher_;
    redis::subscriber subscriber_;
};

}  // namespace gim::storage
