#include "storage/redis/redis_user_watch.hpp"

#include "observe/stats/counters.hpp"
#include "observe/stats/event.hpp"
#include "storage/redis/redis_record.hpp"
#include "storage/redis/redis_store.hpp"
#include "storage/redis/redis_values.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace gim::storage {

namespace {

// How long a message may come behind its touch, in a cluster. Larger: what a server did not pass on
// is pushed later.
constexpr std::chrono::milliseconds longest_way{200};

}  // namespace

redis_user_watch::redis_user_watch(context& with, std::string_view user)
    : redis_watch(with, with.access.keys().user_channel(user), redis::spread::broadcast),
      user_(user),
      early_timer_([this] {
          if (!early_.empty() && !is_gone()) {
              read_soon();
          }
      }) {}

void redis_user_watch::add_keys(std::vector<std::string>& to) const {
    const auto& keys = with_.access.keys();
    to.insert(
        to.end(),
        {keys.name(user_), keys.rooms_of(user_), keys.private_list(user_), keys.touches(user_)}
    );
}

void redis_user_watch::was_cut() {
    has_been_cut_ = has_been_cut_ || is_known();
    redis_watch::was_cut();
}

void redis_user_watch::begin_anew() {
    lose();
    forget();
    forget_all();
    redis_watch::begin_anew();
}

boost::asio::awaitable<bool> redis_user_watch::learn() {
    auto newest = co_await with_.store.newest_touch(user_);
    if (!newest) {
        co_return false;
    }
    if (!is_known()) {
        touched_ = *newest;
    }
    co_return true;
}

void redis_user_watch::has_read_all() {
    with_.listener->on_memberships(user_);
}

// --- what is published

void redis_user_watch::hear(std::string_view line) {
    if (const auto room = parse_told_membership(line)) {
        with_.listener->on_membership(user_, *room);
    } else if (const auto by = parse_told_disconnect(line)) {
        if (*by != with_.node) {
            with_.listener->on_disconnect(user_);
        }
    } else if (const auto touch = parse_told_touch(line)) {
        hear_touch(*touch);
    } else {
        hear_message(line);
    }
}

void redis_user_watch::hear_held(std::string_view line) {
    const auto touch = parse_told_touch(line);
    const bool is_read = touch && touch->number <= touched_;
    if (!is_read) {
        heard(line);  // which holds the rest again if it must read again
    }
}

void redis_user_watch::hear_touch(const told_touched& touch) {
    forget_old();
    if (touch.sequence == 0 || !read_session_of(touch.session, user_)) {
        with_.access.left_out(1, channel());
        return;
    }
    const bool is_before_message = last_seen(touch.session) < touch.sequence;
    if (touch.number < touched_) {
        read_soon();  // Redis lost what it had, and the numbers begin again
    } else if (!early_.empty() || (is_before_message && with_.access.servers().is_cluster())) {
        wait_for_message(touch);
    } else if (is_before_message) {
        read_soon();  // from the touches before this one on
    } else {
        lose_if_overtaken(touch.session, touch.sequence);
        touched_ = touch.number;
    }
}

void redis_user_watch::wait_for_message(const told_touched& touch) {
    if (early_.empty()) {
        with_.home.arm(early_timer_, longest_way);
    }
    early_.push_back({touch.number, std::string(touch.session), touch.sequence});
}

void redis_user_watch::settle_early() {
    while (!early_.empty() && last_seen(early_.front().session) >= early_.front().sequence) {
        const auto touch = early_.front();
        lose_if_overtaken(touch.session, touch.sequence);
        early_.pop_front();
        touched_ = touch.number;
    }
}

void redis_user_watch::hear_message(std::string_view line) {
    const auto told = parse_told_message(line);
    const auto session = told ? read_session_of(told->session, user_) : std::nullopt;
    auto m = session ? from_redis_record(told->record) : nullptr;
    if (m == nullptr || !is_fit_text(told->title, model::max_name_bytes)) {
        with_.access.left_out(1, channel());
        return;  // somebody else publishes there
    }
    forget_old();
    const auto seen = seen_of(told->session);
    const auto last = seen.last;
    if (m->sequence <= last) {
        if (seen.last_created_at != 0 && m->created_at > seen.last_created_at) {
            // Redis has lost the session, as when it evicts keys, and its sequences begin again.
            lose();
            base::value_at(seen_, told->session) = {1, m->sequence, m->created_at};
        }
        return;
    }
    if (last > 0 && m->sequence != last + 1) {
        behind_gap_.emplace_back(*session, m->sequence);
        read_before(line);
        return;
    }
    const bool is_here = told->node == with_.node && told->connection != 0;
    with_.listener->on_private_message(
        user_,
        {*session, std::string(told->title), {m}, 0, model::sequences::shown},
        is_here ? std::optional(told->connection) : std::nullopt
    );
    has_seen(told->session, *m);
    settle_early();
}

// --- what was missed

boost::asio::awaitable<bool> redis_user_watch::read_missed() {
    forget_old();
    early_.clear();  // they are listed
    auto missed = co_await with_.store.touches_behind(user_, touched_);
    if (!missed) {
        co_return false;
    }
    if (missed->is_cut || missed->newest < touched_) {
        lose();
        touched_ = missed->newest;
        forget_all();
        co_return true;
    }
    // Two messages may be listed the other way round: each session is read from its first one on.
    base::text_map<std::uint64_t> first;
    for (const auto& t : missed->items) {
        auto& least = base::value_at(first, t.session.text());
        least = least == 0 ? t.sequence : std::min(least, t.sequence);
    }
    for (const auto& t : missed->items) {
        if (is_gone()) {
            co_return true;
        }
        if (last_seen(t.session.text()) < t.sequence) {
            const auto from = first.find(t.session.text())->second;
            const bool is_read = co_await read_private(t.session, from);
            if (!is_read) {
                co_return false;
            }
        } else {
            lose_if_overtaken(t.session.text(), t.sequence);
        }
        touched_ = std::max(touched_, t.number);
    }
    const auto behind_gap = std::exchange(behind_gap_, {});
    for (const auto& [session, sequence] : behind_gap) {
        if (last_seen(session.text()) < sequence && !is_gone()) {
            const bool is_read = co_await read_private(session, sequence);
            if (!is_read) {
                co_return false;
            }
        }
    }
    co_return true;
}

// The session's messages from the last that was seen, or else from this one on.
boost::asio::awaitable<bool>
redis_user_watch::read_private(model::session_id session, std::uint64_t sequence) {
    const auto known = last_seen(session.text());
    model::history_query query;
    query.after = known > 0 ? known : sequence - 1;
    query.limit = model::max_page;
    auto page = co_await with_.store.history(session, query);
    if (!page) {
        co_return false;
    }
    if (page->items.empty() || page->items.front()->sequence != *query.after + 1) {
        lose();
        base::value_at(seen_, session.text()) = {1, std::max(sequence, page->top_sequence)};
        co_return true;
    }
    const auto other = session.other_party(user_);
    auto named = co_await with_.store.find_user(other);
    if (!named) {
        co_return false;
    }
    const std::string title = *named ? (*named)->name : std::string(other);
    for (const auto& m : page->items) {
        if (m->sequence > last_seen(session.text()) && !is_gone()) {
            model::packet p{session, title, {m}, 0, model::sequences::shown};
            with_.home.counters().add(stats::event::message_recovered);
            with_.listener->on_private_message(user_, std::move(p), std::nullopt);
            has_seen(session.text(), *m);
        }
    }
    co_return true;
}

// --- what was told

redis_user_watch::told_range redis_user_watch::seen_of(std::string_view session) const {
    for (const auto* const seen : {&seen_, &seen_before_}) {
        if (const auto found = seen->find(session); found != seen->end()) {
            return found->second;
        }
    }
    return {};
}

void redis_user_watch::has_seen(std::string_view session, const model::message& m) {
    const auto range = seen_of(session);
    const bool follows = range.last > 0 && m.sequence == range.last + 1;
    base::value_at(seen_, session) = {follows ? range.first : m.sequence, m.sequence, m.created_at};
}

// A message is touched when it is sent, and once more by copies of its request: no later than those
// are known. And not for so long that Redis may have forgotten a session of which nothing was heard
// since: the sequences of that one begin again.
redis_user_watch::clock::duration redis_user_watch::time_to_remember() const noexcept {
    const clock::duration of_copies = request_time + std::chrono::seconds(30);
    return std::min<clock::duration>(of_copies, with_.access.place().ttl * 3 / 8);
}

// What was told is remembered for at least that time, and for less than twice that time.
void redis_user_watch::forget_old() {
    const auto now = clock::now();
    const auto time = time_to_remember();
    if (now - seen_since_ >= 2 * time) {
        seen_.clear();
        seen_before_.clear();
        seen_since_ = now;
    } else if (now - seen_since_ >= time) {
        seen_before_ = std::exchange(seen_, {});
        seen_since_ += time;
    }
}

void redis_user_watch::forget_all() {
    seen_.clear();
    seen_before_.clear();
    behind_gap_.clear();
    early_.clear();
}

bool redis_user_watch::may_have_missed() const noexcept {
    return has_been_cut_ || with_.access.servers().is_cluster();
}

// A later one was the first of its session that was told, and this one was not: it was published
// while nothing was heard. Or before the subscription began, then nobody waits for it.
void redis_user_watch::lose_if_overtaken(std::string_view session, std::uint64_t sequence) {
    const auto range = seen_of(session);
    if (may_have_missed() && sequence < range.first) {
        lose();
        base::value_at(seen_, session) = {
            1, range.last, range.last_created_at};  // once for all of them
    }
}

void redis_user_watch::lose() {
    with_.home.counters().add(stats::event::gap_told);
    with_.listener->on_user_lost(user_);
}

}  // namespace gim::storage
