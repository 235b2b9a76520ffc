#pragma once

#include "base/text_map.hpp"
#include "redis/servers.hpp"
#include "redis/subscriber.hpp"
#include "worker/alarm.hpp"
#include "worker/worker.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gim::redis {

// How a channel is published in a Redis Cluster. Otherwise there is no difference.
enum class spread {
    broadcast,  // with PUBLISH: every server passes it on to all others
    sharded,    // with SPUBLISH, to the server that has the keys of the same name in braces
};

struct channels_options {
    // What was published. The views live until it returns.
    std::function<void(std::string_view channel, std::string_view payload)> received;
    // What was published in that channel may have been missed.
    std::function<void(std::string_view channel)> cut;
    // Follows on one or several cut(): what is published there from now on is heard.
    std::function<void()> restored;
};

// The channels that one worker listens to, wherever they are: the broadcast ones over one
// connection, the sharded ones over one to each server that has some. A sharded channel follows its
// keys to another server, and is a broadcast one where a server knows no others (Redis before 7).
//
// Threads: its worker's; may be destroyed by another when the worker has stopped.
class channels {
public:
    // How soon a channel that is on the way to another server is looked for. Larger: more that is
    // read instead of heard.
    static constexpr std::chrono::milliseconds search_interval{100};

    // `of` is borrowed; whenever its keys move, moved() is to be called.
    channels(worker::worker& home, servers& of, channels_options options);
    channels(const channels&) = delete;
    channels& operator=(const channels&) = delete;

    void start() { broadcast_.start(); }
    // Every broadcast channel is heard.
    bool is_up() const noexcept { return broadcast_.is_up(); }

    void subscribe(std::string_view channel, spread how);
    void unsubscribe(std::string_view channel);
    // As subscriber::active().
    boost::asio::awaitable<bool> active(std::string channel);

    void moved();

private:
    subscriber& listener(std::size_t server);
    subscriber& listener_of(std::string_view channel);
    void was_cut(const subscriber& s);
    void search_soon(std::string_view channel);
    void search();
    void follow(const std::string& channel);

    worker::worker& home_;
    servers& servers_;
    const channels_options options_;
    subscriber broadcast_;
    std::vector<std::unique_ptr<subscriber>> sharded_;  // by server; null, or stopped: none there
    // The server where a sharded channel is listened to; see servers::shard_of().
    base::text_map<std::size_t> shard_of_;
    std::vector<std::string> searched_;
    worker::alarm searching_;
};

}  // namespace gim::redis
