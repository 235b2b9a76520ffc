#include "gateway/flusher.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace gim::gateway {

flusher::flusher(
    worker::worker& home,
    push::flush_options options,
    push::outbox::clock::duration age,
    worker::memory_budget* budget
)
    : home_(home),
      patience_(options.window),
      list_(
          options,
          [this] { wake(); },
          budget
      ),
      alarm_(home, [this] { flush(); }),
      age_(age),
      budget_(budget),
      lists_(budget),
      slow_check_([this] { check_slow(); }) {}

void flusher::wake() {
    woken_at_ = clock::now();
    seen_ = list_.added();
    home_.post([this] { end_of_turn(); });
}

// Posted, it runs behind what was ready when the turn began.
void flusher::end_of_turn() {
    if (list_.added() != seen_ && clock::now() < woken_at_ + patience_) {
        seen_ = list_.added();
        home_.post([this] { end_of_turn(); });
        return;
    }
    flush();
}

void flusher::flush() {
    list_.flush(clock::now());
    list_.finished(clock::now());
    watch_slow();
    if (list_.has_more()) {
        if (!is_going_on_) {
            home_.post([this] {
                is_going_on_ = false;
                flush();
            });
            is_going_on_ = true;
        }
    } else {
        alarm_.ring_at(list_.next_due());
    }
}

// Sockets block while they are written to, so that this sees the first slow reader.
void flusher::watch_slow() {
    using namespace std::chrono_literals;
    if (list_.slow().is_empty() && lists_.bytes() == 0) {
        return;
    }
    // Where little memory is left, it is looked at as often as a timeout can be.
    const bool is_hurried = budget_ != nullptr && budget_->is_past_mark();
    if (slow_check_.is_armed() && (is_hurried_ || !is_hurried)) {
        return;
    }
    is_hurried_ = is_hurried;
    const auto age = age_ == clock::duration::zero() ? push::outbox::longest_rest : age_;
    home_.arm(slow_check_, is_hurried ? 25ms : std::clamp<clock::duration>(age / 8, 25ms, 100ms));
}

void flusher::check_slow() {
    const auto now = clock::now();
    list_.slow().judge(now, age_);
    lists_.resize(list_.slow().list_bytes());
    give_back(now);
    watch_slow();
}

// Bytes that wait for several are held until the last of these lets go, so what was cut off may
// have given back less than it had. Then the next look takes twice as much.
void flusher::give_back(clock::time_point now) {
    if (budget_ == nullptr || !budget_->is_past_mark()) {
        cuts_in_a_row_ = 0;
        return;
    }
    const auto excess = budget_->excess_of(list_.slow().bytes());
    constexpr unsigned most = 16;
    const auto n = list_.slow().cut_largest(excess << cuts_in_a_row_, now, age_);
    cuts_in_a_row_ = n > 0 ? std::min(cuts_in_a_row_ + 1, most) : 0;
}

}  // namespace gim::gateway
