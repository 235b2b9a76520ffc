#include "storage/redis/redis_node_lease.hpp"

#include "observe/stats/log_failure.hpp"
#include "storage/redis/lease.hpp"
#include "storage/redis/redis_node_fields.hpp"
#include "worker/spawn.hpp"

#include <exception>
#include <span>
#include <utility>

namespace gim::storage {

namespace {

constexpr auto role = "node lease";

}  // namespace

redis_node_lease::redis_node_lease(
    worker::worker& home,
    redis_access& access,
    std::string node,
    told_to_others& self
)
    : home_(home), access_(access), node_(std::move(node)), self_(self), timer_([this] {
          home_.arm(timer_, renewal_interval);
          renew();
      }) {}

void redis_node_lease::start() {
    home_.arm(timer_, renewal_interval);
}

void redis_node_lease::begin_anew() {
    is_new_ = true;
    renew();
}

void redis_node_lease::renew() {
    if (!access_.is_up() || is_leaving_) {
        return;
    }
    must_say_ = true;
    if (!saying_.is_full()) {
        worker::spawn(home_, role, [this] { return say(); });
    }
}

boost::asio::awaitable<void> redis_node_lease::say() {
    auto permit = saying_.start();
    try {
        co_await say_all();
    } catch (const std::exception& e) {
        is_new_ = true;  // it is unknown what the others know
        stats::log_failure(stats::failure::coroutine, {}, "{}: {}", role, e.what());
    }
    permit.release();
    if (is_leaving_) {
        co_await strike_off();
    }
}

// First that it lives, then that it is one of those to look at: who looks the other way round takes
// it for dead.
boost::asio::awaitable<void> redis_node_lease::say_all() {
    while (must_say_ && !is_leaving_ && access_.is_up()) {
        must_say_ = false;
        const auto self = co_await self_.describe();
        const auto fields = node_to_fields(self);
        const auto node = access_.keys().node(node_);
        const auto users = access_.keys().node_users(node_);
        const auto rooms = access_.keys().node_rooms(node_);
        const auto nodes = access_.keys().nodes();
        const bool was_new = std::exchange(is_new_, false);
        redis::call renewed(
            access_.at(node),
            "EVALSHA",
            access_.name_of(redis_script::renew_node),
            "3",
            node,
            users,
            rooms,
            lease_time.count(),
            was_new ? "1" : "0",
            std::span<const std::string>(fields)
        );
        redis::call listed(access_.at(nodes), "ZADD", nodes, "0", node_);
        co_await renewed.done();
        co_await listed.done();
        const bool is_refused = access_.refusal(renewed).has_value();
        is_new_ = is_new_ || (was_new && is_refused);
        if (!is_refused && renewed.reply().integer() == 0 && !is_leaving_) {
            self_.tell_all();
        }
    }
}

void redis_node_lease::leave() {
    is_leaving_ = true;
    timer_.cancel();
    if (!saying_.is_full()) {
        worker::spawn(home_, role, [this] { return strike_off(); });
    }
}

boost::asio::awaitable<void> redis_node_lease::strike_off() {
    const auto node = access_.keys().node(node_);
    const auto users = access_.keys().node_users(node_);
    const auto rooms = access_.keys().node_rooms(node_);
    const auto nodes = access_.keys().nodes();
    redis::call gone(access_.at(node), "DEL", node, users, rooms);
    redis::call struck(access_.at(nodes), "ZREM", nodes, node_);
    co_await gone.done();
    co_await struck.done();
    has_left_ = true;
}

}  // namespace gim::storage
