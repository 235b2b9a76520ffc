#include "storage/redis/redis_watch.hpp"

#include "observe/stats/log_failure.hpp"
#include "worker/spawn.hpp"

#include <cstddef>
#include <exception>
#include <utility>

namespace gim::storage {

boost::asio::awaitable<bool> redis_watch::begin() {
    const auto alive = shared_from_this();
    bool has_begun = false;
    try {
        has_begun = co_await begin_once();
    } catch (const std::exception& e) {
        failed(e.what());
    }
    co_return has_begun;
}

// First where it stands, then the subscription: what is sent in between is told, should the
// subscription be lost before anything is heard by it.
boost::asio::awaitable<bool> redis_watch::begin_once() {
    if (!is_known_) {
        const bool has_learned = co_await learn();
        if (!has_learned) {
            must_read_ = true;  // when there is a connection again, or it is not refused any more
            with_.read_later();
            co_return false;
        }
        is_known_ = true;
    }
    if (is_gone_) {
        co_return false;
    }
    with_.channels.subscribe(channel_, spread_);
    co_return co_await with_.channels.active(channel_);
}

void redis_watch::received(std::string_view line) noexcept {
    try {
        heard(line);
    } catch (const std::exception& e) {
        hold(line);
        failed(e.what());
    }
}

void redis_watch::failed(const char* why) noexcept {
    must_read_ = true;
    stats::log_failure(stats::failure::redis_subscription, {}, "{}: {}", channel_, why);
    try {
        with_.read_later();
    } catch (const std::exception&) {
        // With the next connection, then.
    }
}

void redis_watch::heard(std::string_view line) {
    if (reading_.is_full() || must_read_) {
        hold(line);
    } else {
        hear(line);
    }
}

// What is held is in Redis, too: if it is too much, it is dropped, and must be read from there.
void redis_watch::hold(std::string_view line) noexcept {
    constexpr std::size_t most = 1000;
    bool is_held = held_.size() < most;
    try {
        if (is_held) {
            held_.emplace_back(line);
        }
    } catch (const std::exception&) {
        is_held = false;
    }
    if (!is_held) {
        held_.clear();
        must_read_ = true;
    }
}

void redis_watch::read_before(std::string_view line) {
    hold(line);
    read_soon();
}

void redis_watch::read_soon() {
    must_read_ = true;
    if (reading_.is_full()) {
        return;  // it is read in the same go
    }
    worker::spawn(with_.home, "redis watch", [self = shared_from_this()] {
        return self->read(self->take_reading());
    });
}

worker::task_limit::permit redis_watch::take_reading() noexcept {
    return must_read_ ? reading_.start() : worker::task_limit::permit();
}

boost::asio::awaitable<void> redis_watch::read(worker::task_limit::permit turn) {
    const auto alive = shared_from_this();
    try {
        co_await read_while_needed();
    } catch (const std::exception& e) {
        failed(e.what());
    }
    turn.release();
    if (must_read_ || is_gone_) {
        co_return;  // what is held waits until all is read
    }
    const auto held = std::exchange(held_, {});
    std::size_t done = 0;
    try {
        has_read_all();
        for (; done < held.size(); ++done) {
            hear_held(held[done]);
        }
    } catch (const std::exception& e) {
        for (; done < held.size(); ++done) {
            hold(held[done]);
        }
        failed(e.what());
    }
}

boost::asio::awaitable<void> redis_watch::read_while_needed() {
    while (must_read_ && !is_gone_) {
        must_read_ = false;
        bool is_read = false;
        if (is_known_) {
            is_read = co_await read_missed();
        } else {
            is_read = co_await begin();
        }
        if (!is_read) {
            must_read_ = true;
            with_.read_later();
            co_return;
        }
    }
}

}  // namespace gim::storage
