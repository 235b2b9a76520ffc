#pragma once

#include "redis/channels.hpp"
#include "storage/feed.hpp"
#include "storage/redis/redis_access.hpp"
#include "worker/task_limit.hpp"
#include "worker/worker.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gim::storage {

class redis_store;

// A channel that is watched, a room's or a user's: what is published there is told in order, and
// what was missed there is read first. Meanwhile, what is published waits.
//
// Threads: one worker's. Lifetime: what it reads holds it, so it outlives the feed's interest.
class redis_watch : public std::enable_shared_from_this<redis_watch> {
public:
    // What all that is watched on one worker needs; all of it outlives the worker's loop.
    struct context {
        worker::worker& home;
        redis_store& store;
        redis_access& access;
        redis::channels& channels;
        const std::string node;  // this one
        // Some of what is watched could not be read, for another reason than that Redis is away: it
        // is read again a bit later.
        std::function<void()> read_later;
        feed_listener* listener = nullptr;
    };

    redis_watch(context& with, std::string channel, redis::spread how)
        : with_(with), channel_(std::move(channel)), spread_(how) {}
    virtual ~redis_watch() = default;
    redis_watch(const redis_watch&) = delete;
    redis_watch& operator=(const redis_watch&) = delete;

    const std::string& channel() const noexcept { return channel_; }
    // The keys that must not be forgotten while it is watched.
    virtual void add_keys(std::vector<std::string>& to) const = 0;

    // Completes when whatever is published from now on is told; false if that cannot be promised.
    boost::asio::awaitable<bool> begin();
    // Nobody watches it any more.
    void end() noexcept { is_gone_ = true; }
    bool is_gone() const noexcept { return is_gone_; }

    // What could not be delivered is read from Redis, a bit later.
    void received(std::string_view line) noexcept;
    void failed(const char* why) noexcept;
    // The subscription was lost in between.
    virtual void was_cut() { must_read_ = true; }
    // Redis has lost some of what it had.
    virtual void begin_anew() { must_read_ = true; }

    // Empty if nothing is to be read, or it is being read.
    worker::task_limit::permit take_reading() noexcept;
    boost::asio::awaitable<void> read(worker::task_limit::permit turn);

protected:
    virtual void heard(std::string_view line);
    // Where it stands. False if that cannot be read.
    virtual boost::asio::awaitable<bool> learn() = 0;
    // Tells what was published since. False if that cannot be read.
    virtual boost::asio::awaitable<bool> read_missed() = 0;
    virtual void has_read_all() {}
    // A line that follows on all that was told.
    virtual void hear(std::string_view line) = 0;
    // The same of one that waited, and may have been read meanwhile.
    virtual void hear_held(std::string_view line) = 0;

    bool is_known() const noexcept { return is_known_; }
    void forget() noexcept { is_known_ = false; }  // where it stands
    // `line` does not follow: it waits until what lies between is read.
    void read_before(std::string_view line);
    // Something is missing.
    void read_soon();
    void drop_held() noexcept { held_.clear(); }

    context& with_;

private:
    boost::asio::awaitable<bool> begin_once();
    boost::asio::awaitable<void> read_while_needed();
    void hold(std::string_view line) noexcept;

    const std::string channel_;
    const redis::spread spread_;
    bool is_known_ = false;
    bool must_read_ = false;
    worker::task_limit reading_;
    bool is_gone_ = false;
    std::vector<std::string> held_;
};

}  // namespace gim::storage
