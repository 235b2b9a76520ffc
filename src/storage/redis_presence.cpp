#include "storage/redis_presence.hpp"

#include "storage/redis_told.hpp"
#include "worker/spawn.hpp"

#include <deque>
#include <utility>

namespace gim::storage {

namespace {

constexpr auto role = "presence";
// How many users are written at once. Larger: other commands wait longer behind them.
constexpr std::size_t most_at_once = 1000;

}  // namespace

redis_presence::redis_presence(worker::worker& home, redis_access& access, std::string node)
    : home_(home),
      access_(access),
      node_(std::move(node)),
      list_(home, access, node_),
      timer_([this] { write_soon(); }) {}

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
    write_soon();
    if (lease_) {
        lease_->begin_anew();
    }
}

void redis_presence::changed(std::string_view user) {
    changed_.emplace(user);
    if (!timer_.is_armed()) {
        home_.arm(timer_, gathering);
    }
}

void redis_presence::tell_all() {
    here_->visit([this](std::string_view user, std::size_t) { changed_.emplace(user); });
    write_soon();
}

void redis_presence::tell_soon() {
    if (lease_) {
        lease_->renew();
    }
}

void redis_presence::leave() {
    is_leaving_ = true;
    changed_.clear();
    if (lease_) {
        lease_->leave();
    }
}

void redis_presence::write_soon() {
    if (!is_writing_ && !is_leaving_ && access_.is_up() && !changed_.empty()) {
        is_writing_ = true;
        worker::spawn(home_, role, [this] { return write(); });
    }
}

boost::asio::awaitable<void> redis_presence::write() {
    bool is_written = true;
    while (is_written && !changed_.empty()) {
        std::vector<std::string> users;
        while (users.size() < most_at_once && !changed_.empty()) {
            users.push_back(std::move(changed_.extract(changed_.begin()).value()));
        }
        is_written = co_await write_some(users);
        if (!is_written && !is_leaving_) {
            changed_.insert(users.begin(), users.end());
        }
    }
    is_writing_ = false;
    // Without a connection it goes on with the next one.
    if (!is_written && access_.is_up() && !is_leaving_) {
        home_.arm(timer_, renewal_interval);
    }
}

// The list ends with the lease, also if it is only now made.
boost::asio::awaitable<bool> redis_presence::write_some(std::span<const std::string> users) {
    std::vector<std::string> present;
    std::vector<std::string> absent;
    for (const auto& user : users) {
        if (const auto count = here_->count(user); count > 0) {
            present.push_back(user);
            present.push_back(std::to_string(count));
        } else {
            absent.push_back(user);
        }
    }
    const auto key = access_.keys().node_users(node_);
    auto& client = access_.at(key);
    std::deque<redis::call> all;
    if (!absent.empty()) {
        all.emplace_back(client, "HDEL", key, std::span<const std::string>(absent));
    }
    if (!present.empty()) {
        all.emplace_back(client, "HSET", key, std::span<const std::string>(present));
        all.emplace_back(client, "PEXPIRE", key, lease_time.count());
    }
    for (auto& each : all) {
        co_await each.done();
        if (access_.refusal(each)) {
            co_return false;
        }
    }
    co_return true;
}

protocol::result<std::span<const node_record>> redis_presence::others() const {
    if (!list_.is_known()) {
        return redis_access::unavailable();
    }
    return std::span<const node_record>(list_.others());
}

// One command a node.
async_result<std::vector<std::uint64_t>> redis_presence::elsewhere(std::vector<std::string> users) {
    if (!list_.is_known()) {
        co_return redis_access::unavailable();
    }
    std::vector<std::uint64_t> counts(users.size());
    if (users.empty()) {
        co_return counts;
    }
    std::deque<redis::call> asked;
    for (const auto& node : list_.others()) {
        const auto key = access_.keys().node_users(node.id);
        asked.emplace_back(access_.at(key), "HMGET", key, std::span<const std::string>(users));
    }
    for (auto& each : asked) {
        co_await each.done();
        if (auto bad = access_.refusal(each)) {
            co_return *std::move(bad);
        }
        for (std::size_t i = 0; i < counts.size(); ++i) {
            counts[i] += static_cast<std::uint64_t>(each.reply()[i].integer());
        }
    }
    co_return counts;
}

async_result<std::uint64_t> redis_presence::disconnect(std::string user) {
    const std::vector<std::string> one(1, user);
    auto counts = co_await elsewhere(one);
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
