#include "redis/channels.hpp"

#include "worker/spawn.hpp"

#include <utility>

namespace gim::redis {

channels::channels(worker::worker& home, servers& of, channels_options options)
    : home_(home),
      servers_(of),
      options_(std::move(options)),
      broadcast_(
          home,
          [this] {
              subscriber_options all;
              all.where = [this] { return servers_.any_place(); };
              all.received = options_.received;
              all.changed = [this](bool is_up) {
                  if (is_up) {
                      was_cut(broadcast_);
                  }
              };
              return all;
          }()
      ),
      searching_(home, [this] { search(); }) {}

subscriber& channels::listener(std::size_t server) {
    if (server == 0) {
        return broadcast_;
    }
    if (sharded_.size() <= server) {
        sharded_.resize(server + 1);
    }
    auto& found = sharded_[server];
    if (found == nullptr) {
        subscriber_options some;
        some.where = [this, server] { return servers_.place(server); };
        some.received = options_.received;
        some.changed = [this, server](bool is_up) {
            if (is_up) {
                was_cut(*sharded_[server]);
            }
        };
        some.gone = [this](std::string_view channel) { search_soon(channel); };
        found = std::make_unique<subscriber>(home_, std::move(some));
    }
    return *found;
}

subscriber& channels::listener_of(std::string_view channel) {
    const auto found = shard_of_.find(channel);
    return found != shard_of_.end() ? listener(found->second) : broadcast_;
}

void channels::was_cut(const subscriber& s) {
    s.visit(options_.cut);
    options_.restored();
}

void channels::subscribe(std::string_view channel, spread how) {
    if (how == spread::sharded) {
        shard_of_.try_emplace(std::string(channel), servers_.shard_of(channel));
    }
    auto& l = listener_of(channel);
    l.subscribe(channel);
    l.start();
}

void channels::unsubscribe(std::string_view channel) {
    auto& l = listener_of(channel);
    if (const auto found = shard_of_.find(channel); found != shard_of_.end()) {
        shard_of_.erase(found);
    }
    l.unsubscribe(channel);
}

boost::asio::awaitable<bool> channels::active(std::string channel) {
    return listener_of(channel).active(channel);
}

// --- a cluster

// Who waits for a channel may begin or end others meanwhile.
void channels::moved() {
    std::vector<std::string> elsewhere;
    for (const auto& [channel, shard] : shard_of_) {
        if (servers_.shard_of(channel) != shard) {
            elsewhere.push_back(channel);
        }
    }
    for (const auto& channel : elsewhere) {
        follow(channel);
    }
    for (const auto& each : sharded_) {
        if (each != nullptr && each->size() == 0) {
            each->stop();
        }
    }
}

void channels::search_soon(std::string_view channel) {
    servers_.ask_anew();
    searched_.emplace_back(channel);
    searching_.ring_at(worker::alarm::clock::now() + search_interval);
}

void channels::search() {
    for (const auto& channel : std::exchange(searched_, {})) {
        follow(channel);
    }
}

// Also to where it was: nothing is heard there until it is asked for anew.
void channels::follow(const std::string& channel) {
    const auto found = shard_of_.find(channel);
    if (found == shard_of_.end()) {
        return;
    }
    auto& before = listener(found->second);
    found->second = servers_.shard_of(channel);
    before.unsubscribe(channel);
    if (!shard_of_.contains(channel)) {
        return;
    }
    auto& now = listener_of(channel);
    now.subscribe(channel);
    now.start();
    worker::spawn(home_, "redis channels", [this, channel]() -> boost::asio::awaitable<void> {
        const bool is_heard = co_await active(channel);
        if (is_heard) {
            options_.cut(channel);
            options_.restored();
        }
    });
}

}  // namespace gim::redis
