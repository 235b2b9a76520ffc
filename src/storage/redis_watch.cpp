#include "storage/redis_watch.hpp"

#include "worker/spawn.hpp"

#include <cstddef>
#include <utility>

namespace gim::storage {

// First where it stands, then the subscription: what is sent in between is told, should the
// subscription be lost before anything is heard by it.
boost::asio::awaitable<bool> redis_watch::begin() {
    const auto alive = shared_from_this();
    if (!is_known_) {
        const bool has_learned = co_await learn();
        if (!has_learned) {
            must_read_ = true;  // when there is a connection again
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

void redis_watch::heard(std::string_view line) {
    if (is_reading_ || must_read_) {
        hold(line);
    } else {
        hear(line);
    }
}

// What is held is in Redis, too: if it is too much, it is dropped, and must be read from there.
void redis_watch::hold(std::string_view line) {
    constexpr std::size_t most = 1000;
    held_.emplace_back(line);
    if (held_.size() > most) {
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
    if (std::exchange(is_reading_, true)) {
        return;  // it is read in the same go
    }
    worker::spawn(with_.home, "redis watch", [self = shared_from_this()] { return self->read(); });
}

bool redis_watch::take_reading() noexcept {
    const bool is_free = must_read_ && !is_reading_;
    is_reading_ = is_reading_ || is_free;
    return is_free;
}

boost::asio::awaitable<void> redis_watch::read() {
    const auto alive = shared_from_this();
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
            break;
        }
    }
    is_reading_ = false;
    const auto held = std::exchange(held_, {});
    if (must_read_ || is_gone_) {
        co_return;  // what is held will be read
    }
    has_read_all();
    for (const auto& line : held) {
        hear_held(line);
    }
}

}  // namespace gim::storage
