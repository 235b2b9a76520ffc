#include "tools/load/traffic.hpp"

#include "tools/load/marker.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace gim::load {

namespace {

using namespace std::chrono_literals;

constexpr auto longest_wait = 10ms;
constexpr auto wait_if_blocked = 1ms;
// What a sender may have waiting for its socket before it is not given more.
constexpr std::size_t most_blocked_bytes = 256 * 1024;

}  // namespace

traffic::traffic(
    const load_options& options,
    const plan& p,
    std::deque<connection>& clients,
    recorder& keep
)
    : plan_(p),
      clients_(clients),
      recorder_(keep),
      per_second_(options.rate),
      check_(p.channels),
      next_index_(p.destinations.size()),
      unanswered_(p.destinations.size()),
      content_(std::max(options.size, marker::length), 'x') {
    std::size_t first_sender = 0;
    for (const auto& c : p.channels) {
        const std::size_t width = options.inflight * std::max<std::size_t>(c.senders, 1);
        channels_.push_back({send_window(width, c.receivers), first_sender, c.senders});
        first_sender += c.senders;
    }
}

void traffic::start(clock::time_point now) {
    last_came_ = now;
    if (per_second_ > 0) {
        rate_.emplace(now, per_second_);
    }
    for (std::size_t c = 0; c < channels_.size(); ++c) {
        list_if_open(c);
    }
}

clock::duration traffic::send(clock::time_point now) {
    const clock::duration free_for = rate_ ? send_at_rate(now) : send_closed(now);
    // All that one client sends in this turn goes in one system call.
    for (const std::size_t participant : std::exchange(unflushed_, {})) {
        clients_[participant].flush();
    }
    return free_for;
}

clock::duration traffic::send_closed(clock::time_point now) {
    for (const std::size_t number : std::exchange(open_channels_, {})) {
        channel_state& c = channels_[number];
        c.is_listed = false;
        std::size_t unable = 0;
        while (c.window.has_room() && unable < c.senders) {
            const std::size_t sender = c.first_sender + c.turn;
            c.turn = (c.turn + 1) % c.senders;
            unable = send_one(sender, now) ? 0 : unable + 1;
        }
        list_if_open(number);  // if all its senders are blocked or gone
    }
    return longest_wait;
}

clock::duration traffic::send_at_rate(clock::time_point now) {
    const std::uint64_t due = rate_->due_before(now);
    for (; had_turn_ < due; ++had_turn_) {
        const std::size_t sender = had_turn_ % plan_.destinations.size();
        const std::size_t participant = plan_.participant_of_sender[sender];
        if (clients_[participant].is_open() && !send_one(sender, rate_->due(had_turn_))) {
            return wait_if_blocked;  // it is late from now on, and its latency will say so
        }
    }
    return rate_->due(due) - now;
}

bool traffic::send_one(std::size_t sender, clock::time_point intended) {
    const std::size_t participant = plan_.participant_of_sender[sender];
    connection& c = clients_[participant];
    if (!c.is_open() || c.blocked_bytes() > most_blocked_bytes) {
        return false;
    }
    marker m;
    m.sender = static_cast<std::uint16_t>(sender);
    m.index = next_index_[sender]++;
    m.intended = intended;
    m.write(content_.data());
    if (c.out().empty()) {  // else it is listed, or waits until its socket takes more
        unflushed_.push_back(participant);
    }
    const destination& to = plan_.destinations[sender];
    if (to.room.empty()) {
        c.speaks().send_to_user(to.user, content_, c.out());
    } else {
        c.speaks().send_to_room(to.room, content_, c.out());
    }
    check_.on_sent(sender);
    channels_[check_.channel_of_sender(sender)].window.on_sent();
    if (c.speaks().has_answers()) {
        unanswered_[sender].push_back(intended);
    }
    return true;
}

void traffic::list_if_open(std::size_t channel) {
    channel_state& c = channels_[channel];
    if (!c.is_listed && c.senders > 0 && c.window.has_room()) {
        c.is_listed = true;
        open_channels_.push_back(channel);
    }
}

void traffic::on_packet(
    std::size_t receiver,
    std::string_view bytes,
    std::uint64_t skipped,
    clock::time_point now
) {
    using outcome = delivery_check::outcome;
    std::uint64_t came = skipped;
    const char* const end = bytes.data() + bytes.size();
    const char* at = bytes.data();
    const auto next_tilde = [&] {
        const auto left = static_cast<std::size_t>(end - at);
        return left < marker::length ? nullptr
                                     : static_cast<const char*>(std::memchr(at, '~', left));
    };
    while ((at = next_tilde()) != nullptr) {
        marker m;
        if (end - at < static_cast<std::ptrdiff_t>(marker::length) || !m.read(at)) {
            ++at;
            continue;
        }
        at += marker::length;
        const outcome what = check_.on_delivered(receiver, m.sender, m.index);
        if (what == outcome::in_order || what == outcome::late) {
            ++came;
            recorder_.on_unit(m.intended, now);
        }
    }
    if (skipped > 0) {
        check_.on_skipped(receiver, skipped);
    }
    if (came > 0) {
        last_came_ = now;
        const std::size_t channel = check_.channel_of_receiver(receiver);
        channels_[channel].window.on_delivered(came);
        list_if_open(channel);
    }
}

void traffic::on_answer(std::size_t sender, bool accepted, clock::time_point now) {
    if (unanswered_[sender].empty()) {
        return;
    }
    recorder_.on_answer(unanswered_[sender].front(), now);
    unanswered_[sender].pop_front();
    if (accepted) {
        recorder_.on_accepted();
    } else {
        check_.on_refused(sender);
        const std::size_t channel = check_.channel_of_sender(sender);
        channels_[channel].window.on_refused();
        list_if_open(channel);
    }
}

void traffic::on_receiver_left(std::size_t receiver) {
    const std::size_t channel = check_.channel_of_receiver(receiver);
    channels_[channel].window.on_receiver_gone(check_.owed_to(receiver));
    list_if_open(channel);
}

void traffic::give_up() {
    last_came_ = clock::now();
    for (std::size_t c = 0; c < channels_.size(); ++c) {
        channels_[c].window.give_up();
        list_if_open(c);
    }
}

std::uint64_t traffic::outstanding() const {
    std::uint64_t sum = 0;
    for (const channel_state& c : channels_) {
        sum += c.window.outstanding();
    }
    return sum;
}

std::uint64_t traffic::offered(clock::time_point end) const {
    return rate_ ? rate_->due_before(end) : check_.result().sent;
}

}  // namespace gim::load
