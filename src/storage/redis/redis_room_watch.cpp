#include "storage/redis/redis_room_watch.hpp"

#include "observe/stats/counters.hpp"
#include "observe/stats/event.hpp"
#include "storage/redis/redis_record.hpp"
#include "storage/redis/redis_store.hpp"
#include "storage/redis/redis_told.hpp"

#include <algorithm>
#include <utility>

namespace gim::storage {

redis_room_watch::redis_room_watch(context& with, const model::session_id& room)
    : redis_watch(with, with.access.keys().channel(room.text()), redis::spread::sharded),
      room_(room) {}

void redis_room_watch::add_keys(std::vector<std::string>& to) const {
    const auto& keys = with_.access.keys();
    const auto& id = room_.text();
    to.insert(to.end(), {keys.head(id), keys.messages(id), keys.members(id)});
}

boost::asio::awaitable<bool> redis_room_watch::learn() {
    model::history_query newest;
    newest.limit = 1;
    auto page = co_await with_.store.history(room_, newest);
    if (!page) {
        co_return false;
    }
    if (!is_known()) {
        seen_ = std::max(seen_, page->top_sequence);
        epoch_ = epoch_of(*page);
    }
    co_return true;
}

void redis_room_watch::heard(std::string_view line) {
    if (line == told_dismissed) {
        drop_held();
        with_.listener->on_dismissed(room_);
        return;
    }
    redis_watch::heard(line);
}

void redis_room_watch::hear(std::string_view line) {
    auto m = from_redis_record(line);
    if (m == nullptr) {
        with_.access.left_out(1, channel());
        return;  // somebody else publishes there
    }
    if (is_next(*m)) {
        tell(std::move(m));
        if (epoch_.empty()) {
            read_soon();  // now it has one
        }
    } else {
        // Something is missing; or Redis lost what it had, and the sequences begin again.
        read_before(line);
    }
}

void redis_room_watch::hear_held(std::string_view line) {
    if (line == told_dismissed) {
        heard(line);
        return;
    }
    auto m = from_redis_record(line);
    if (m != nullptr && is_next(*m)) {
        tell(std::move(m));
    }
}

bool redis_room_watch::is_next(const model::message& m) const noexcept {
    return m.sequence == seen_ + 1 || (!has_heard_ && m.sequence > seen_);
}

void redis_room_watch::tell(model::message_ptr m) {
    const auto sequence = m->sequence;
    with_.listener->on_message(room_, std::move(m));
    // If that has thrown, it is read again.
    has_heard_ = true;
    seen_ = sequence;
}

// Empty until the room has been made, or its first message was sent: it is given its own then.
std::string redis_room_watch::epoch_of(const model::history_reply& page) const {
    return page.epoch == with_.access.epoch() ? std::string() : page.epoch;
}

boost::asio::awaitable<bool> redis_room_watch::read_missed() {
    for (;;) {
        model::history_query behind;
        behind.after = seen_;
        behind.limit = model::max_page;
        auto page = co_await with_.store.history(room_, behind);
        if (!page) {
            co_return false;
        }
        if (is_gone()) {
            co_return true;
        }
        auto epoch = epoch_of(*page);
        const bool is_other = !epoch_.empty() && epoch != epoch_;
        const bool is_behind = page->top_sequence < seen_;
        const bool is_cut = page->top_sequence > seen_ &&
                            (page->items.empty() || page->items.front()->sequence != seen_ + 1);
        if (is_other || is_behind || is_cut) {
            lose(std::move(epoch), page->top_sequence);
            co_return true;
        }
        epoch_ = std::move(epoch);
        for (auto& m : page->items) {
            with_.home.counters().add(stats::event::message_recovered);
            tell(std::move(m));
        }
        has_heard_ = true;
        if (!page->has_more) {
            co_return true;
        }
    }
}

void redis_room_watch::lose(std::string epoch, std::uint64_t top) {
    with_.home.counters().add(stats::event::gap_told);
    with_.listener->on_room_lost(room_);
    epoch_ = std::move(epoch);
    seen_ = top;
    has_heard_ = true;
}

}  // namespace gim::storage
