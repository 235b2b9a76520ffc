#pragma once

#include "redis/client.hpp"
#include "redis/slots.hpp"
#include "redis/url.hpp"
#include "worker/alarm.hpp"
#include "worker/task_limit.hpp"
#include "worker/worker.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gim::redis {

struct servers_options {
    // One server; of a cluster any.
    url where;
    // Is run on each new connection to a server that has keys, before it counts as up; returns what
    // is wrong, or nothing.
    std::function<boost::asio::awaitable<std::string>(early, std::size_t server)> prepare;
    // Told when a server that has keys is there, and when it no longer is.
    std::function<void(bool is_up)> changed;
    // Told when keys or sharded channels are elsewhere than before.
    std::function<void()> moved;
};

// The commands of one worker to Redis: to one server that has all keys, or to those of a Redis
// Cluster, each of which has some. Which of both it is, the first one is asked.
//
// In a cluster a command that came to the wrong server is sent again to the one that it names, in
// the place of the reply. Who has which keys is asked on every new connection, when a server says
// that keys have moved, and as long as one that has some is not there, as another may take over.
// The first server is of no more interest then than any other, until none is there.
//
// Threads: its worker's; may be destroyed by another when the worker has stopped.
class servers {
public:
    // How soon all is asked anew. Larger: fewer questions, and a failover is noticed later.
    static constexpr std::chrono::milliseconds soon{100};
    static constexpr std::chrono::milliseconds while_one_is_gone{500};
    // A command is sent elsewhere so often; then its error is its reply.
    static constexpr int most_redirections = 5;
    // As many as a Redis Cluster is made for. What others have is as if nobody had it.
    static constexpr std::size_t max_servers = 1000;

    servers(worker::worker& home, servers_options options);
    servers(const servers&) = delete;
    servers& operator=(const servers&) = delete;

    void start() { clients_.front()->start(); }

    worker::worker& home() noexcept { return home_; }
    bool is_cluster() const noexcept { return !slots_.empty(); }

    // The number of the server that has this key, or will. It keeps its number as long as it has
    // any keys.
    std::size_t server_of(std::string_view key) const noexcept {
        return slots_.empty() ? 0 : slots_[slot_of(key)];
    }
    client& at(std::string_view key) const noexcept { return *clients_[server_of(key)]; }
    // The number of the server that has this sharded channel; 0: it must be published to all.
    std::size_t shard_of(std::string_view channel) const noexcept {
        const auto server = server_of(channel);
        return has_shards_[server] ? server : 0;
    }
    // Some server knows something else than is known here.
    void ask_anew() { ask_soon(soon); }
    // How many are known, or were and are not needed any more.
    std::size_t size() const noexcept { return clients_.size(); }
    // Where that one is.
    const url& place(std::size_t server) const noexcept { return clients_[server]->place(); }
    // Where one is that is there, or may be.
    const url& any_place() const noexcept;

private:
    // In slots_: nobody has the slot. The first server, that of the options, has none in a cluster:
    // it is only asked who has what, and known there by another address.
    static constexpr std::uint16_t nobody = 0;

    std::uint16_t add(const url& where);
    // Of the server there, with a number of its own, or that of one that is not needed any more.
    // Empty: there are too many.
    std::optional<std::uint16_t>
    number_of(std::string_view host, std::uint16_t port, std::size_t said_by);
    bool is_free(std::size_t server) const;
    bool has_keys(std::size_t server) const;
    boost::asio::awaitable<std::string> prepare(early c, std::size_t server);
    void changed(std::size_t server, bool is_up);
    bool redirect(std::size_t from, std::string_view error, sent_command& c);
    boost::asio::awaitable<void> ask_for_shards(early c, std::size_t server);
    void learn(reply_view slots, std::size_t said_by);
    void ask_soon(std::chrono::milliseconds wait);
    boost::asio::awaitable<void> ask();
    boost::asio::awaitable<void> ask_one();
    bool is_one_gone() const;

    worker::worker& home_;
    const servers_options options_;
    std::vector<std::unique_ptr<client>> clients_;
    std::vector<bool> has_shards_;      // by server: it knows sharded channels
    std::vector<std::uint16_t> slots_;  // empty: the first server has all keys
    worker::task_limit asking_;
    std::size_t asked_last_ = 0;
    worker::alarm alarm_;
};

}  // namespace gim::redis
