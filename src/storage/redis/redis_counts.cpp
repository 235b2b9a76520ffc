#include "storage/redis/redis_counts.hpp"

#include "observe/stats/log_failure.hpp"
#include "storage/redis/lease.hpp"
#include "worker/spawn.hpp"

#include <cstddef>
#include <deque>
#include <exception>
#include <span>
#include <utility>

namespace gim::storage {

namespace {

constexpr auto role = "presence";
// How many names are written at once. Larger: other commands wait longer behind them.
constexpr std::size_t most_at_once = 1000;

}  // namespace

redis_counts::redis_counts(worker::worker& home, redis_access& access, std::string key)
    : home_(home), access_(access), key_(std::move(key)), timer_([this] { write_soon(); }) {}

void redis_counts::changed(std::string_view name) {
    if (is_leaving_) {
        return;
    }
    changed_.emplace(name);
    if (!timer_.is_armed()) {
        home_.arm(timer_, gathering);
    }
}

void redis_counts::tell_all() {
    here_->visit([this](std::string_view name) { changed_.emplace(name); });
    write_soon();
}

void redis_counts::leave() {
    is_leaving_ = true;
    changed_.clear();
}

void redis_counts::write_soon() {
    const bool has_some = !changed_.empty() || !due_.empty();
    if (!writing_.is_full() && !is_leaving_ && access_.is_up() && has_some) {
        worker::spawn(home_, role, [this] { return write(); });
    }
}

boost::asio::awaitable<void> redis_counts::write() {
    const auto permit = writing_.start();
    bool is_written = false;
    try {
        is_written = co_await write_due();
    } catch (const std::exception& e) {
        stats::log_failure(stats::failure::coroutine, {}, "{}: {}", role, e.what());
    }
    if (is_leaving_) {
        co_return;
    }
    // Without a connection it goes on with the next one.
    const bool has_some = !changed_.empty() || !due_.empty();
    if (has_some && access_.is_up() && (!is_written || !timer_.is_armed())) {
        home_.arm(timer_, is_written ? gathering : renewal_interval);
    }
}

// What changes meanwhile gathers for the next time. A name is due until it is written.
boost::asio::awaitable<bool> redis_counts::write_due() {
    due_.merge(changed_);
    changed_.clear();  // those that are due anyway
    while (!due_.empty()) {
        std::vector<std::string> names;
        for (auto next = due_.begin(); next != due_.end() && names.size() < most_at_once; ++next) {
            names.push_back(*next);
        }
        const bool is_written = co_await write_some(names);
        if (!is_written) {
            co_return false;
        }
        for (const auto& name : names) {
            due_.erase(name);
        }
    }
    co_return true;
}

// The hash ends with the lease, also if it is only now made.
boost::asio::awaitable<bool> redis_counts::write_some(const std::vector<std::string>& names) {
    const auto counts = co_await here_->counts(names);
    if (is_leaving_) {
        co_return false;
    }
    std::vector<std::string> present;
    std::vector<std::string> absent;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (counts[i] > 0) {
            present.push_back(names[i]);
            present.push_back(std::to_string(counts[i]));
        } else {
            absent.push_back(names[i]);
        }
    }
    auto& client = access_.at(key_);
    std::deque<redis::call> all;
    if (!absent.empty()) {
        all.emplace_back(client, "HDEL", key_, std::span<const std::string>(absent));
    }
    if (!present.empty()) {
        all.emplace_back(client, "HSET", key_, std::span<const std::string>(present));
        all.emplace_back(client, "PEXPIRE", key_, lease_time.count());
    }
    for (auto& each : all) {
        co_await each.done();
        if (access_.refusal(each)) {
            co_return false;
        }
    }
    co_return true;
}

}  // namespace gim::storage
