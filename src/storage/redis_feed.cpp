#include "storage/redis_feed.hpp"

#include "stats/counters.hpp"
#include "stats/event.hpp"
#include "storage/redis_record.hpp"
#include "storage/redis_store.hpp"
#include "worker/spawn.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace gim::storage {

namespace {

constexpr auto role = "redis feed";
// How many rooms and users are read at once after a subscription was lost. Larger: done earlier,
// while others wait for their answers longer.
constexpr std::size_t lanes = 32;

redis::subscriber_options subscriber_options(const redis_place& place) {
    redis::subscriber_options out;
    out.where = place.where;
    return out;
}

// What is held is in Redis, too: if it is too much, it is dropped, and must be read from there.
template <class T>
bool is_too_much_to_hold(std::vector<T>& held, T what) {
    constexpr std::size_t most = 1000;
    held.push_back(std::move(what));
    if (held.size() <= most) {
        return false;
    }
    held.clear();
    return true;
}

}  // namespace

redis_feed::redis_feed(
    worker::worker& home,
    redis_store& of,
    redis_access& access,
    std::string node
)
    : home_(home),
      store_(of),
      access_(access),
      node_(std::move(node)),
      refresher_(home, [this] { refresh(); }),
      subscriber_(home, [&] {
          auto out = subscriber_options(access.place());
          out.received = [this](std::string_view channel, std::string_view line) {
              received(channel, line);
          };
          out.changed = [this](bool is_up) { changed(is_up); };
          return out;
      }()) {}

void redis_feed::start() {
    subscriber_.subscribe(access_.keys().epoch());
    subscriber_.start();
    refresh();
}

// Whom the users are told by may end their connections at once, and with them what is watched.
void redis_feed::begin_anew() {
    std::vector<user_ptr> all;
    for (const auto& [channel, u] : users_) {
        all.push_back(u);
    }
    for (const auto& u : all) {
        u->is_known = false;
        u->seen.clear();
        u->seen_before.clear();
        u->behind_gap.clear();
        u->must_read = true;
        lose(*u);
    }
    for (const auto& [channel, r] : rooms_) {
        r->must_read = true;
    }
    read_all_that_must();
}

// What is watched is not forgotten, however seldom anybody touches it. A few at a time, as Redis
// has others to answer, too.
void redis_feed::refresh() {
    constexpr std::size_t at_once = 100;
    constexpr std::chrono::milliseconds pause{50};
    if (to_refresh_.empty()) {
        for (const auto& [channel, u] : users_) {
            const auto& keys = access_.keys();
            to_refresh_.insert(
                to_refresh_.end(),
                {keys.name(u->id),
                 keys.rooms_of(u->id),
                 keys.private_list(u->id),
                 keys.touches(u->id)}
            );
        }
        for (const auto& [channel, r] : rooms_) {
            const auto& keys = access_.keys();
            const auto& id = r->session.text();
            to_refresh_.insert(
                to_refresh_.end(), {keys.head(id), keys.messages(id), keys.members(id)}
            );
        }
    }
    for (std::size_t i = 0; i < at_once && !to_refresh_.empty(); ++i) {
        access_.client().send("PEXPIRE", to_refresh_.back(), access_.place().ttl.count());
        to_refresh_.pop_back();
    }
    refresher_.ring_at(clock::now() + (to_refresh_.empty() ? access_.place().ttl / 4 : pause));
}

void redis_feed::received(std::string_view channel, std::string_view line) {
    if (channel == access_.keys().epoch()) {
        access_.learn_epoch(std::string(line));
    } else if (const auto r = rooms_.find(channel); r != rooms_.end()) {
        const auto alive = r->second;
        heard(alive, line);
    } else if (const auto u = users_.find(channel); u != users_.end()) {
        const auto alive = u->second;
        heard(alive, line);
    }
}

void redis_feed::changed(bool is_up) {
    if (!is_up) {
        return;
    }
    for (const auto& [channel, u] : users_) {
        u->must_read = true;
        u->was_cut = u->was_cut || u->is_known;
    }
    for (const auto& [channel, r] : rooms_) {
        r->must_read = true;
    }
    worker::spawn(home_, role, [this] { return access_.check_epoch(); });
    read_all_that_must();
}

void redis_feed::read_all_that_must() {
    const auto add = [this](const auto& all) {
        for (const auto& [channel, each] : all) {
            if (each->must_read && !each->is_reading) {
                each->is_reading = true;
                to_read_.emplace_back([this, one = each] { return read(one); });
            }
        }
    };
    add(users_);
    add(rooms_);
    while (reading_ < std::min(lanes, to_read_.size())) {
        ++reading_;
        worker::spawn(home_, role, [this] { return read_some(); });
    }
}

boost::asio::awaitable<void> redis_feed::read_some() {
    while (!to_read_.empty()) {
        const auto next = std::move(to_read_.back());
        to_read_.pop_back();
        co_await next();
    }
    --reading_;
}

// --- rooms

void redis_feed::watch(const protocol::session_id& session) {
    auto channel = access_.keys().channel(session.text());
    auto& r = protocol::value_at(rooms_, channel);
    if (r == nullptr) {
        r = std::make_shared<room>(session, std::move(channel));
        worker::spawn(home_, role, [this, r = r]() -> boost::asio::awaitable<void> {
            co_await begin(r);
        });
    }
}

void redis_feed::unwatch(const protocol::session_id& session) {
    const auto channel = access_.keys().channel(session.text());
    if (const auto found = rooms_.find(channel); found != rooms_.end()) {
        found->second->is_gone = true;
        rooms_.erase(found);
        subscriber_.unsubscribe(channel);
    }
}

async_result<void> redis_feed::watching(const protocol::session_id& session) {
    const auto found = rooms_.find(access_.keys().channel(session.text()));
    if (found == rooms_.end()) {
        co_return protocol::result<void>();
    }
    const auto r = found->second;
    const bool is_heard = co_await begin(r);
    if (is_heard || r->is_gone) {
        co_return protocol::result<void>();
    }
    co_return redis_access::unavailable();
}

// First where the room stands, then the subscription: what is sent in between is told, should the
// subscription be lost before anything is heard by it.
boost::asio::awaitable<bool> redis_feed::begin(room_ptr r) {
    if (!r->is_known) {
        protocol::history_query newest;
        newest.limit = 1;
        auto page = co_await store_.history(r->session, newest);
        if (!page) {
            r->must_read = true;  // when there is a connection again
            co_return false;
        }
        if (!r->is_known) {
            r->is_known = true;
            r->seen = std::max(r->seen, page->top_sequence);
            r->epoch = epoch_of(*page);
        }
    }
    if (r->is_gone) {
        co_return false;
    }
    subscriber_.subscribe(r->channel);
    co_return co_await subscriber_.active(r->channel);
}

void redis_feed::heard(const room_ptr& r, std::string_view line) {
    if (line == told_dismissed) {
        r->held.clear();
        listener_->on_dismissed(r->session);
        return;
    }
    auto m = from_redis_record(line);
    if (m == nullptr) {
        return;  // somebody else publishes there
    }
    if (r->is_reading || r->must_read) {
        if (is_too_much_to_hold(r->held, std::move(m))) {
            r->must_read = true;
        }
    } else if (is_next(*r, *m)) {
        tell(*r, std::move(m));
        if (r->epoch.empty()) {
            read_soon(r);  // now it has one
        }
    } else {
        // Something is missing; or Redis lost what it had, and the sequences begin again.
        r->held.push_back(std::move(m));
        read_soon(r);
    }
}

bool redis_feed::is_next(const room& r, const protocol::message& m) {
    return m.sequence == r.seen + 1 || (!r.has_heard && m.sequence > r.seen);
}

void redis_feed::tell(room& r, protocol::message_ptr m) {
    r.has_heard = true;
    r.seen = m->sequence;
    listener_->on_message(r.session, std::move(m));
}

void redis_feed::read_soon(const room_ptr& r) {
    r->must_read = true;
    r->is_reading = true;
    worker::spawn(home_, role, [this, r] { return read(r); });
}

// What was published meanwhile comes behind what is read.
boost::asio::awaitable<void> redis_feed::read(room_ptr r) {
    while (r->must_read && !r->is_gone) {
        r->must_read = false;
        bool is_read = false;
        if (r->is_known) {
            is_read = co_await read_missed(r);
        } else {
            is_read = co_await begin(r);
        }
        if (!is_read) {
            r->must_read = true;
            break;
        }
    }
    r->is_reading = false;
    const auto held = std::exchange(r->held, {});
    if (r->must_read || r->is_gone) {
        co_return;  // what is held will be read
    }
    for (const auto& m : held) {
        if (is_next(*r, *m)) {
            tell(*r, m);
        }
    }
}

// Empty until the room has been made, or its first message was sent: it is given its own then.
std::string redis_feed::epoch_of(const protocol::history_reply& page) const {
    return page.epoch == access_.epoch() ? std::string() : page.epoch;
}

boost::asio::awaitable<bool> redis_feed::read_missed(room_ptr r) {
    for (;;) {
        protocol::history_query behind;
        behind.after = r->seen;
        behind.limit = protocol::max_page;
        auto page = co_await store_.history(r->session, behind);
        if (!page) {
            co_return false;
        }
        if (r->is_gone) {
            co_return true;
        }
        auto epoch = epoch_of(*page);
        const bool is_other = !r->epoch.empty() && epoch != r->epoch;
        const bool is_behind = page->top_sequence < r->seen;
        const bool is_gone = page->top_sequence > r->seen &&
                             (page->items.empty() || page->items.front()->sequence != r->seen + 1);
        if (is_other || is_behind || is_gone) {
            lose(*r, std::move(epoch), page->top_sequence);
            co_return true;
        }
        r->epoch = std::move(epoch);
        for (auto& m : page->items) {
            home_.counters().add(stats::event::message_recovered);
            tell(*r, std::move(m));
        }
        r->has_heard = true;
        if (!page->has_more) {
            co_return true;
        }
    }
}

void redis_feed::lose(room& r, std::string epoch, std::uint64_t top) {
    r.epoch = std::move(epoch);
    r.seen = top;
    r.has_heard = true;
    home_.counters().add(stats::event::gap_told);
    listener_->on_room_lost(r.session);
}

// --- users

void redis_feed::watch_user(std::string_view id) {
    auto channel = access_.keys().user_channel(id);
    auto& u = protocol::value_at(users_, channel);
    if (u == nullptr) {
        u = std::make_shared<user>(std::string(id), std::move(channel));
        worker::spawn(home_, role, [this, u = u]() -> boost::asio::awaitable<void> {
            co_await begin(u);
        });
    }
}

void redis_feed::unwatch_user(std::string_view id) {
    const auto channel = access_.keys().user_channel(id);
    if (const auto found = users_.find(channel); found != users_.end()) {
        found->second->is_gone = true;
        users_.erase(found);
        subscriber_.unsubscribe(channel);
    }
}

async_result<void> redis_feed::watching_user(std::string_view id) {
    const auto found = users_.find(access_.keys().user_channel(id));
    if (found == users_.end()) {
        co_return protocol::result<void>();
    }
    const auto u = found->second;
    const bool is_heard = co_await begin(u);
    if (is_heard || u->is_gone) {
        co_return protocol::result<void>();
    }
    co_return redis_access::unavailable();
}

boost::asio::awaitable<bool> redis_feed::begin(user_ptr u) {
    if (!u->is_known) {
        auto newest = co_await store_.newest_touch(u->id);
        if (!newest) {
            u->must_read = true;
            co_return false;
        }
        if (!u->is_known) {
            u->is_known = true;
            u->touched = *newest;
        }
    }
    if (u->is_gone) {
        co_return false;
    }
    subscriber_.subscribe(u->channel);
    co_return co_await subscriber_.active(u->channel);
}

void redis_feed::heard(const user_ptr& u, std::string_view line) {
    if (u->is_reading || u->must_read) {
        if (is_too_much_to_hold(u->held, std::string(line))) {
            u->must_read = true;
        }
    } else {
        heard_now(u, line);
    }
}

void redis_feed::heard_now(const user_ptr& u, std::string_view line) {
    if (const auto changed_room = parse_told_membership(line)) {
        listener_->on_membership(u->id, *changed_room);
        return;
    }
    if (const auto by = parse_told_disconnect(line)) {
        if (*by != node_) {
            listener_->on_disconnect(u->id);
        }
        return;
    }
    if (const auto touch = parse_told_touch(line)) {
        if (last_seen(*u, touch->session) < touch->sequence || touch->number < u->touched) {
            // The message itself was not heard: read from the touches before this one on. Or Redis
            // lost what it had, and the numbers begin again.
            read_soon(u);
            return;
        }
        u->touched = std::max(u->touched, touch->number);
        lose_if_overtaken(*u, touch->session, touch->sequence);
        return;
    }
    const auto told = parse_told_message(line);
    const auto session = told ? protocol::session_id::parse(told->session) : std::nullopt;
    auto m = session ? from_redis_record(told->record) : nullptr;
    if (m == nullptr) {
        return;  // somebody else publishes there
    }
    const auto last = last_seen(*u, told->session);
    if (m->sequence <= last) {
        return;
    }
    if (last > 0 && m->sequence != last + 1) {
        u->held.emplace_back(line);
        u->behind_gap.emplace_back(*session, m->sequence);
        read_soon(u);
        return;
    }
    has_seen(*u, told->session, m->sequence);
    const bool is_here = told->node == node_ && told->connection != 0;
    listener_->on_private_message(
        u->id,
        {*session, std::string(told->title), {std::move(m)}, 0, protocol::sequences::shown},
        is_here ? std::optional(told->connection) : std::nullopt
    );
}

void redis_feed::read_soon(const user_ptr& u) {
    u->must_read = true;
    u->is_reading = true;
    worker::spawn(home_, role, [this, u] { return read(u); });
}

boost::asio::awaitable<void> redis_feed::read(user_ptr u) {
    while (u->must_read && !u->is_gone) {
        u->must_read = false;
        bool is_read = false;
        if (u->is_known) {
            is_read = co_await read_missed(u);
        } else {
            is_read = co_await begin(u);
        }
        if (!is_read) {
            u->must_read = true;
            break;
        }
    }
    u->is_reading = false;
    auto held = std::exchange(u->held, {});
    if (u->must_read || u->is_gone) {
        co_return;
    }
    listener_->on_memberships(u->id);
    for (const auto& line : held) {
        const auto touch = parse_told_touch(line);
        const bool is_read = touch && touch->number <= u->touched;
        if (!is_read) {
            heard(u, line);  // which holds the rest again if it must read again
        }
    }
}

boost::asio::awaitable<bool> redis_feed::read_missed(user_ptr u) {
    auto missed = co_await store_.touches_behind(u->id, u->touched);
    if (!missed) {
        co_return false;
    }
    if (missed->is_cut || missed->newest < u->touched) {
        u->touched = missed->newest;
        u->seen.clear();
        u->seen_before.clear();
        u->behind_gap.clear();
        lose(*u);
        co_return true;
    }
    // Two messages may be listed the other way round: each session is read from its first one on.
    protocol::text_map<std::uint64_t> first;
    for (const auto& t : missed->items) {
        auto& least = protocol::value_at(first, t.session.text());
        least = least == 0 ? t.sequence : std::min(least, t.sequence);
    }
    for (auto& t : missed->items) {
        if (u->is_gone) {
            co_return true;
        }
        if (last_seen(*u, t.session.text()) < t.sequence) {
            const auto from = first.find(t.session.text())->second;
            const bool is_read = co_await read_private(u, t.session, from);
            if (!is_read) {
                co_return false;
            }
        } else {
            lose_if_overtaken(*u, t.session.text(), t.sequence);
        }
        u->touched = std::max(u->touched, t.number);
    }
    const auto behind_gap = std::exchange(u->behind_gap, {});
    for (const auto& [session, sequence] : behind_gap) {
        if (last_seen(*u, session.text()) < sequence && !u->is_gone) {
            const bool is_read = co_await read_private(u, session, sequence);
            if (!is_read) {
                co_return false;
            }
        }
    }
    co_return true;
}

// The session's messages from the last that was seen, or else from this one on.
boost::asio::awaitable<bool>
redis_feed::read_private(user_ptr u, protocol::session_id session, std::uint64_t sequence) {
    const auto known = last_seen(*u, session.text());
    protocol::history_query query;
    query.after = known > 0 ? known : sequence - 1;
    query.limit = protocol::max_page;
    auto page = co_await store_.history(session, query);
    if (!page) {
        co_return false;
    }
    if (page->items.empty() || page->items.front()->sequence != *query.after + 1) {
        protocol::value_at(u->seen, session.text()) = {1, std::max(sequence, page->top_sequence)};
        lose(*u);
        co_return true;
    }
    const auto other = session.other_party(u->id);
    auto named = co_await store_.find_user(other);
    if (!named) {
        co_return false;
    }
    const std::string title = *named ? (*named)->name : std::string(other);
    for (auto& m : page->items) {
        if (m->sequence > last_seen(*u, session.text()) && !u->is_gone) {
            has_seen(*u, session.text(), m->sequence);
            home_.counters().add(stats::event::message_recovered);
            protocol::packet p{session, title, {std::move(m)}, 0, protocol::sequences::shown};
            listener_->on_private_message(u->id, std::move(p), std::nullopt);
        }
    }
    co_return true;
}

redis_feed::told_range redis_feed::seen_of(const user& u, std::string_view session) {
    for (const auto* const seen : {&u.seen, &u.seen_before}) {
        if (const auto found = seen->find(session); found != seen->end()) {
            return found->second;
        }
    }
    return {};
}

// A later one was the first of its session that was told, and this one was not: it was published
// while nothing was heard. Or before the subscription began, then nobody waits for it.
void redis_feed::lose_if_overtaken(user& u, std::string_view session, std::uint64_t sequence) {
    const auto range = seen_of(u, session);
    if (u.was_cut && sequence < range.first) {
        protocol::value_at(u.seen, session) = {1, range.last};  // once for all of them
        lose(u);
    }
}

void redis_feed::has_seen(user& u, std::string_view session, std::uint64_t sequence) {
    forget_old(u);
    const auto range = seen_of(u, session);
    const bool follows = range.last > 0 && sequence == range.last + 1;
    protocol::value_at(u.seen, session) = {follows ? range.first : sequence, sequence};
}

// A message is touched when it is sent, and once more by copies of its request: no later than those
// are known.
void redis_feed::forget_old(user& u) {
    const auto now = clock::now();
    if (now - u.seen_since > request_time + std::chrono::seconds(30)) {
        u.seen_before = std::exchange(u.seen, {});
        u.seen_since = now;
    }
}

void redis_feed::lose(user& u) {
    home_.counters().add(stats::event::gap_told);
    listener_->on_user_lost(u.id);
}

}  // namespace gim::storage
