#include "storage/redis_counts.hpp"

#include "storage/lease.hpp"
#include "worker/spawn.hpp"

#include <cstddef>
#include <deque>
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
    if (!is_writing_ && !is_leaving_ && access_.is_up() && !changed_.empty()) {
        is_writing_ = true;
        worker::spawn(home_, role, [this] { return write(); });
    }
}

// What changes meanwhile gathers for the next time.
boost::asio::awaitable<void> redis_counts::write() {
    auto due = std::exchange(changed_, {});
    bool is_written = true;
    while (is_written && !due.empty()) {
        std::vector<std::string> names;
        while (names.size() < most_at_once && !due.empty()) {
            names.push_back(std::move(due.extract(due.begin()).value()));
        }
        is_written = co_await write_some(names);
        if (!is_written) {
            due.insert(names.begin(), names.end());
        }
    }
    is_writing_ = false;
    if (is_leaving_) {
        co_return;
    }
    changed_.merge(due);
    // Without a connection it goes on with the next one.
    if (!changed_.empty() && access_.is_up() && (!is_written || !timer_.is_armed())) {
        home_.arm(timer_, is_written ? gathering : renewal_interval);
    }
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
