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
      list_(options, [this] { wake(); }),
      alarm_(home, [this] { flush(); }),
      age_(age),
      budget_(budget),
      taken_(budget),
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
    const bool has_age = age_ != clock::duration::zero();
    const bool is_needed = has_age || is_limited();
    if (!is_needed || slow_check_.is_armed() || (list_.slow().is_empty() && taken_.bytes() == 0)) {
        return;
    }
    const auto soon = is_limited() ? 100ms : 250ms;
    home_.arm(slow_check_, has_age ? std::clamp<clock::duration>(age_ / 8, 25ms, soon) : soon);
}

void flusher::check_slow() {
    if (age_ != clock::duration::zero()) {
        list_.slow().cut_old(clock::now(), age_);
    }
    if (budget_ != nullptr) {
        const auto bytes = list_.slow().bytes();
        taken_.resize(bytes);
        list_.slow().cut_largest(budget_->excess_of(bytes));
    }
    watch_slow();
}

}  // namespace gim::gateway
