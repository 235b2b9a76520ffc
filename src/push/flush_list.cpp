#include "push/flush_list.hpp"

#include <algorithm>
#include <cstdint>

namespace gim::push {

void flush_list::add(outbox& o) {
    ++added_;
    switch (o.place_) {
        case outbox::place::ready:
        case outbox::place::due:
            return;
        case outbox::place::held:
            if (o.bytes_ < options_.enough_bytes) {
                return;
            }
            break;
        case outbox::place::none:
            break;
    }
    add_now(o);
}

void flush_list::add_now(outbox& o) {
    if (o.place_ == outbox::place::ready || o.place_ == outbox::place::due) {
        return;
    }
    if (o.place_ == outbox::place::held) {
        held_[o.at_] = nullptr;
        o.place_ = outbox::place::none;
    }
    put(ready_, o, outbox::place::ready);
    if (!woken_) {
        woken_ = true;
        wake_();
    }
}

void flush_list::remove(outbox& o) noexcept {
    switch (o.place_) {
        case outbox::place::none:
            break;
        case outbox::place::ready:
            ready_[o.at_] = nullptr;
            break;
        case outbox::place::held:
            held_[o.at_] = nullptr;
            break;
        case outbox::place::due:
            due_[o.at_] = nullptr;
            break;
    }
    o.place_ = outbox::place::none;
    if (o.written_at_ != outbox::nowhere) {
        written_[o.written_at_] = nullptr;
        o.written_at_ = outbox::nowhere;
    }
}

void flush_list::put(std::vector<outbox*>& list, outbox& o, outbox::place p) {
    const auto at = static_cast<std::uint32_t>(list.size());
    list.push_back(&o);
    o.at_ = at;
    o.place_ = p;
}

// So that nothing throws half-way.
void flush_list::make_room(std::vector<outbox*>& list, std::size_t more) {
    const auto needed = list.size() + more;
    if (needed > list.capacity()) {
        list.reserve(std::max(needed, 2 * list.capacity()));
    }
}

void flush_list::flush(clock::time_point now) {
    woken_ = false;
    forget_written();
    collect_held(now);
    collect_ready(now);
    // Writing may remove entries, of this list too. What it makes ready is for the next turn.
    for (auto left = std::min(options_.slice, due_.size() - next_); left > 0; --left) {
        if (outbox* const o = take_due()) {
            o->place_ = outbox::place::none;
            learn(*o);
            written_.push_back(o);
            o->written_at_ = static_cast<std::uint32_t>(written_.size() - 1);
            o->writer_.flush();
        }
    }
}

// Whether to hold it again: as long as that gathers anything. If it does not, the next try comes
// after 1 flush, then 3, then 7.
void flush_list::learn(outbox& o) noexcept {
    constexpr std::uint8_t most = 7;
    if (o.queue_.size() > 1) {
        o.waits_in_vain_ = 0;
        o.not_held_for_ = 0;
    } else if (o.was_held_) {
        o.waits_in_vain_ = static_cast<std::uint8_t>(std::min<int>(2 * o.waits_in_vain_ + 1, most));
        o.not_held_for_ = o.waits_in_vain_;
    } else if (o.not_held_for_ > 0) {
        --o.not_held_for_;
    }
    o.was_held_ = false;
}

outbox* flush_list::take_due() noexcept {
    outbox* const o = due_[next_++];
    if (has_more()) {
        outbox::prefetch(due_[next_]);  // it comes while the kernel is at work on this one
    }
    constexpr std::size_t worth_moving = 4096;
    if (!has_more()) {
        due_.clear();
        next_ = 0;
    } else if (next_ >= worth_moving && next_ * 2 >= due_.size()) {
        // Under load there may always be more: what was taken is given back all the same.
        due_.erase(due_.begin(), due_.begin() + static_cast<std::ptrdiff_t>(next_));
        next_ = 0;
        for (std::uint32_t i = 0; i < due_.size(); ++i) {
            if (due_[i] != nullptr) {
                due_[i]->at_ = i;
            }
        }
    }
    return o;
}

void flush_list::collect_held(clock::time_point now) {
    if (now < held_due_) {
        return;
    }
    // Those a quarter of a window early go too, so that a busy room's members are written in one
    // go.
    const auto horizon = now + options_.window / 4;
    held_due_ = clock::time_point::max();
    make_room(due_, held_.size());
    std::uint32_t kept = 0;
    for (auto* o : held_) {
        if (o == nullptr) {
            continue;
        }
        if (o->gathers_until_ > horizon) {
            held_due_ = std::min(held_due_, o->gathers_until_);
            o->at_ = kept;
            held_[kept++] = o;
        } else {
            o->was_held_ = true;
            put(due_, *o, outbox::place::due);
        }
    }
    held_.resize(kept);
}

void flush_list::collect_ready(clock::time_point now) {
    // A timer and another turn of the loop are not worth less than this.
    constexpr std::chrono::microseconds least_linger{50};
    const auto cost = options_.linger_a_connection * static_cast<std::int64_t>(ready_.size());
    auto linger = std::min<clock::duration>(cost, options_.window);
    if (linger < least_linger) {
        linger = clock::duration::zero();
    }
    make_room(due_, ready_.size());
    make_room(held_, ready_.size());
    for (auto* o : ready_) {
        if (o == nullptr) {
            continue;
        }
        const auto due = due_of(*o, now, linger);
        if (now >= due) {
            put(due_, *o, outbox::place::due);
        } else {
            o->gathers_until_ = due;
            put(held_, *o, outbox::place::held);
            held_due_ = std::min(held_due_, due);
        }
    }
    ready_.clear();
}

// When one that is ready is to be written.
flush_list::clock::time_point
flush_list::due_of(const outbox& o, clock::time_point now, clock::duration linger) const noexcept {
    // One that was written to no longer than this many windows ago is busy. Where a room has its
    // members on several workers, the slowest of them sets the pace of the others.
    constexpr int busy_windows = 16;
    if (o.not_held_for_ > 0 || o.is_cut_off() || o.bytes_ >= options_.enough_bytes) {
        return now;
    }
    const bool is_busy = now < o.gathers_until_ + busy_windows * options_.window;
    return is_busy ? std::max(o.gathers_until_, now + linger) : now;
}

void flush_list::finished(clock::time_point now) noexcept {
    for (auto* o : written_) {
        if (o != nullptr) {
            o->gathers_until_ = now + options_.window;
        }
    }
    forget_written();
}

void flush_list::forget_written() noexcept {
    for (auto* o : written_) {
        if (o != nullptr) {
            o->written_at_ = outbox::nowhere;
        }
    }
    written_.clear();
}

std::optional<flush_list::clock::time_point> flush_list::next_due() const noexcept {
    if (held_due_ == clock::time_point::max()) {
        return std::nullopt;
    }
    return held_due_;
}

}  // namespace gim::push
