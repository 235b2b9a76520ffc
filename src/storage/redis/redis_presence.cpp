#include "storage/redis/redis_presence.hpp"

#include "storage/redis/redis_told.hpp"
#include "storage/redis/redis_values.hpp"

#include <cstddef>
#include <deque>
#include <utility>

namespace gim::storage {

redis_presence::redis_presence(worker::worker& home, redis_access& access, std::string node)
    : home_(home),
      access_(access),
      node_(std::move(node)),
      users_(home, access, key_of(counted_by::user, node_)),
      rooms_(home, access, key_of(counted_by::room, node_)),
      list_(home, access, node_) {}

std::string redis_presence::key_of(counted_by what, std::string_view node) const {
    const auto& keys = access_.keys();
    return what == counted_by::user ? keys.node_users(node) : keys.node_rooms(node);
}

void redis_presence::introduce(told_to_others& self) {
    lease_.emplace(home_, access_, node_, self);
}

void redis_presence::start() {
    list_.start();
    if (lease_) {
        lease_->start();
    }
}

void redis_presence::commands_are_up() {
    list_.refresh();
    users_.write_soon();
    rooms_.write_soon();
    if (lease_) {
        lease_->begin_anew();
    }
}

void redis_presence::tell_all() {
    users_.tell_all();
    rooms_.tell_all();
}

void redis_presence::tell_soon() {
    if (lease_) {
        lease_->renew();
    }
}

void redis_presence::leave() {
    users_.leave();
    rooms_.leave();
    if (lease_) {
        lease_->leave();
    }
}

model::result<std::span<const node_record>> redis_presence::others() const {
    if (!list_.is_known()) {
        return redis_access::unavailable();
    }
    return std::span<const node_record>(list_.others());
}

// One command a node.
worker::async_result<std::vector<std::uint64_t>>
redis_presence::elsewhere(counted_by what, std::vector<std::string> names) {
    if (!list_.is_known()) {
        co_return redis_access::unavailable();
    }
    std::vector<std::uint64_t> counts(names.size());
    if (names.empty()) {
        co_return counts;
    }
    std::size_t wrong = 0;
    std::deque<redis::call> asked;
    for (const auto& node : list_.others()) {
        const auto key = key_of(what, node.id);
        asked.emplace_back(access_.at(key), "HMGET", key, std::span<const std::string>(names));
    }
    for (auto& each : asked) {
        co_await each.done();
        if (auto bad = access_.refusal(each)) {
            co_return *std::move(bad);
        }
        for (std::size_t i = 0; i < counts.size(); ++i) {
            counts[i] += read_count(each.reply()[i], wrong);
        }
    }
    access_.left_out(wrong, key_of(what, "*"));
    co_return counts;
}

worker::async_result<std::uint64_t> redis_presence::disconnect(std::string user) {
    const std::vector<std::string> one(1, user);
    auto counts = co_await elsewhere(counted_by::user, one);
    if (!counts) {
        co_return counts.error();
    }
    const auto channel = access_.keys().user_channel(user);
    const auto line = told_disconnect(node_);
    redis::call told(access_.at(channel), "PUBLISH", channel, line);
    co_await told.done();
    if (auto bad = access_.refusal(told)) {
        co_return *std::move(bad);
    }
    co_return counts->front();
}

}  // namespace gim::storage
