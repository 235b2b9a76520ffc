#pragma once

#include "base/text_map.hpp"
#include "redis/backoff.hpp"
#include "redis/link.hpp"
#include "redis/url.hpp"
#include "worker/alarm.hpp"
#include "worker/signal.hpp"
#include "worker/worker.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/intrusive/list.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace gim::redis {

struct subscriber_options {
    // Where to connect, asked each time.
    std::function<url()> where;
    // Redis is asked for a sign of life twice in that time; without any it counts as gone. Larger:
    // what hangs is noticed later.
    std::chrono::milliseconds timeout{1600};
    std::string name = "gim";
    // What was published. The views live until it returns.
    std::function<void(std::string_view channel, std::string_view payload)> received;
    // True: every channel that is wanted is heard from now on. False: none is, and what is
    // published is missed.
    std::function<void(bool is_up)> changed;
    // If it is there, the channels are sharded ones of a Redis Cluster (SSUBSCRIBE). Told when the
    // server says that another one has that channel: it is not heard here.
    std::function<void(std::string_view channel)> gone = {};
};

// The channels that one worker listens to, over one connection, which is made anew, with all
// channels, whenever it ends.
//
// Threads: its worker's; may be destroyed by another when the worker has stopped.
class subscriber final : private link::owner {
public:
    subscriber(worker::worker& home, subscriber_options options);
    ~subscriber();
    subscriber(const subscriber&) = delete;
    subscriber& operator=(const subscriber&) = delete;

    void start();
    void stop();

    bool is_up() const noexcept { return state_ == state::up; }

    // Is wanted from now on, over all connections to come.
    void subscribe(std::string_view channel);
    void unsubscribe(std::string_view channel);
    // Completes, on the worker, when everything that is published in the channel from now on is
    // heard; false: there is no connection, or it ended, or the channel is not wanted.
    boost::asio::awaitable<bool> active(std::string channel);

    // How many are wanted.
    std::size_t size() const noexcept { return channels_.size(); }
    template <class Visitor>
    void visit(const Visitor& visitor) const {
        for (const auto& [name, c] : channels_) {
            visitor(std::string_view(name));
        }
    }

private:
    enum class state { stopped, waiting, opening, greeting, restoring, up };

    struct waiter : boost::intrusive::list_base_hook<
                        boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
        worker::signal done;
        bool is_active = false;
    };
    using waiter_list = boost::intrusive::list<waiter, boost::intrusive::constant_time_size<false>>;
    struct channel {
        std::uint64_t command = 0;  // which of all asked for it
        bool is_active = false;
        waiter_list waiting;
    };
    // What Redis has not answered yet. It answers in order.
    enum class kind { subscribe, unsubscribe, ping };
    struct unanswered {
        kind what;
        std::string channel;
        std::uint64_t command;
    };

    void opened() override;
    void received(reply_ptr reply) override;
    void ended(const std::string& why) override;

    using clock = worker::worker::clock;
    void open();
    void take_greeting(reply_view reply);
    void subscribe_to_all();
    bool is_sharded() const noexcept { return options_.gone != nullptr; }
    std::uint64_t ask(kind what, std::string_view name = {});
    void answered(reply_view reply);
    bool is_asked_to_leave(std::string_view name) const;
    bool is_last_word(const unanswered& subscription) const;
    void lose(std::string_view name);
    void settle();
    static void tell(channel& c, bool is_active);
    void lose_all();
    void down(const std::string& why);
    void ring();

    worker::worker& home_;
    subscriber_options options_;
    state state_ = state::stopped;
    std::shared_ptr<link> link_;
    url place_;                  // of the link
    std::size_t greetings_ = 0;  // replies that are still to come before the channels'
    base::text_map<std::unique_ptr<channel>> channels_;
    std::deque<unanswered> unanswered_;
    std::uint64_t commands_ = 0;
    std::uint64_t to_restore_ = 0;  // the last command of the connection's beginning
    bool has_heard_ = false;        // since the last sign of life was asked for
    int silent_rounds_ = 0;
    backoff backoff_;
    worker::alarm alarm_;
};

}  // namespace gim::redis
