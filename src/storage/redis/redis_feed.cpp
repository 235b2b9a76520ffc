#include "storage/redis/redis_feed.hpp"

#include "observe/stats/log_failure.hpp"
#include "storage/redis/redis_room_watch.hpp"
#include "storage/redis/redis_user_watch.hpp"
#include "worker/spawn.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <utility>

namespace gim::storage {

namespace {

constexpr auto role = "redis feed";
// How many rooms and users are read at once after a subscription was lost. Larger: done earlier,
// while others wait for their answers longer.
constexpr std::size_t lanes = 32;
// When what Redis refused to say is asked again. Larger: what was missed is pushed later.
constexpr std::chrono::milliseconds retry_pause{1'000};

}  // namespace

redis_feed::redis_feed(
    worker::worker& home,
    redis_store& of,
    redis_access& access,
    std::string node
)
    : channels_(
          home,
          access.servers(),
          [&] {
              redis::channels_options out;
              out.received = [this](std::string_view channel, std::string_view line) {
                  received(channel, line);
              };
              out.cut = [this](std::string_view channel) { was_cut(channel); };
              out.restored = [this] { restored(); };
              return out;
          }()
      ),
      with_{home, of, access, channels_, std::move(node), [this] { read_later(); }},
      lanes_(lanes),
      retry_([this] {
          if (with_.access.is_up()) {
              read_all_that_must();
          }
      }),
      refresher_(home, [this] { refresh(); }) {}

void redis_feed::start() {
    channels_.subscribe(with_.access.keys().epoch(), redis::spread::broadcast);
    channels_.start();
    refresh();
}

// --- who is watched

void redis_feed::watch(const model::session_id& room) {
    add(std::make_shared<redis_room_watch>(with_, room));
}

void redis_feed::watch_user(std::string_view user) {
    add(std::make_shared<redis_user_watch>(with_, user));
}

void redis_feed::add(watch_ptr watched) {
    if (!watched_.try_emplace(watched->channel(), watched).second) {
        return;
    }
    try {
        worker::spawn(with_.home, role, [watched]() -> boost::asio::awaitable<void> {
            co_await watched->begin();
        });
    } catch (const std::exception& e) {
        watched->failed(e.what());
    }
}

void redis_feed::unwatch(const model::session_id& room) {
    remove(with_.access.keys().channel(room.text()));
}

void redis_feed::unwatch_user(std::string_view user) {
    remove(with_.access.keys().user_channel(user));
}

void redis_feed::remove(std::string_view channel) {
    if (const auto found = watched_.find(channel); found != watched_.end()) {
        found->second->end();
        watched_.erase(found);
        channels_.unsubscribe(channel);
    }
}

worker::async_result<void> redis_feed::watching(const model::session_id& room) {
    return await_begin(with_.access.keys().channel(room.text()));
}

worker::async_result<void> redis_feed::watching_user(std::string_view user) {
    return await_begin(with_.access.keys().user_channel(user));
}

worker::async_result<void> redis_feed::await_begin(std::string channel) {
    const auto found = watched_.find(channel);
    if (found == watched_.end()) {
        co_return model::result<void>();
    }
    const auto watched = found->second;
    const bool is_heard = co_await watched->begin();
    if (is_heard || watched->is_gone()) {
        co_return model::result<void>();
    }
    co_return redis_access::unavailable();
}

// --- what happens

void redis_feed::received(std::string_view channel, std::string_view line) {
    if (channel == with_.access.keys().epoch()) {
        with_.access.learn_epoch(std::string(line));
    } else if (const auto found = watched_.find(channel); found != watched_.end()) {
        const auto alive = found->second;
        alive->received(line);
    }
}

void redis_feed::was_cut(std::string_view channel) {
    if (const auto found = watched_.find(channel); found != watched_.end()) {
        found->second->was_cut();
    }
}

// First whether there is another epoch: then all begins anew.
void redis_feed::restored() {
    worker::spawn(with_.home, role, [this]() -> boost::asio::awaitable<void> {
        co_await with_.access.check_epoch();
        read_all_that_must();
    });
}

// Whom the users are told by may end their connections at once, and with them what is watched.
void redis_feed::begin_anew() {
    for (const auto& each : all()) {
        try {
            each->begin_anew();
        } catch (const std::exception& e) {
            each->failed(e.what());
        }
    }
    read_all_that_must();
}

std::vector<redis_feed::watch_ptr> redis_feed::all() const {
    std::vector<watch_ptr> out;
    out.reserve(watched_.size());
    for (const auto& [channel, each] : watched_) {
        out.push_back(each);
    }
    return out;
}

void redis_feed::read_all_that_must() noexcept {
    try {
        for (const auto& [channel, each] : watched_) {
            if (auto turn = each->take_reading()) {
                to_read_.push_back({each, std::move(turn)});
            }
        }
        while (lanes_.running() < std::min(lanes, to_read_.size())) {
            worker::spawn(with_.home, role, [this] { return read_some(); });
        }
    } catch (const std::exception& e) {
        stats::log_failure(stats::failure::coroutine, {}, "{}: {}", role, e.what());
        read_later();
    }
}

void redis_feed::read_later() {
    if (!retry_.is_armed()) {
        with_.home.arm(retry_, retry_pause);
    }
}

boost::asio::awaitable<void> redis_feed::read_some() {
    const auto lane = lanes_.start();
    while (!to_read_.empty()) {
        auto next = std::move(to_read_.back());
        to_read_.pop_back();
        co_await next.what->read(std::move(next.turn));
    }
}

// What is watched is not forgotten, however seldom anybody touches it. A few at a time, as Redis
// has others to answer, too.
void redis_feed::refresh() {
    auto& access = with_.access;
    const auto ttl = access.place().ttl;
    refresher_.ring_at(worker::alarm::clock::now() + refresh_pause);
    if (to_refresh_.empty()) {
        for (const auto& [channel, each] : watched_) {
            each->add_keys(to_refresh_);
        }
        refreshed_at_once_ = keys_at_once(to_refresh_.size(), ttl);
    }
    for (std::size_t i = 0; i < refreshed_at_once_ && !to_refresh_.empty(); ++i) {
        const auto& key = to_refresh_.back();
        access.at(key).send("PEXPIRE", key, ttl.count());
        to_refresh_.pop_back();
    }
    if (to_refresh_.empty()) {
        refresher_.ring_only_at(worker::alarm::clock::now() + ttl / 4);
    }
}

std::size_t redis_feed::keys_at_once(std::size_t keys, std::chrono::milliseconds ttl) noexcept {
    constexpr std::size_t least = 100;
    const auto turns = static_cast<std::size_t>(std::max<std::int64_t>(ttl / 4 / refresh_pause, 1));
    return std::max(least, (keys + turns - 1) / turns);
}

}  // namespace gim::storage
