#include "push/flush_list.hpp"

#include <algorithm>

namespace gim::push {

void flush_list::add(outbox& o) {
    switch (o.place_) {
        case outbox::place::ready:
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
    if (o.place_ == outbox::place::ready) {
        return;
    }
    if (o.place_ == outbox::place::held) {
        std::replace(held_.begin(), held_.end(), &o, static_cast<outbox*>(nullptr));
    }
    o.place_ = outbox::place::ready;
    ready_.push_back(&o);
    if (!woken_) {
        woken_ = true;
        wake_();
    }
}

void flush_list::remove(outbox& o) noexcept {
    if (o.place_ == outbox::place::none) {
        return;
    }
    o.place_ = outbox::place::none;
    for (auto* list : {&ready_, &held_, &working_}) {
        std::replace(list->begin(), list->end(), &o, static_cast<outbox*>(nullptr));
    }
}

std::optional<flush_list::clock::time_point> flush_list::flush(clock::time_point now) {
    // What is written may push again; that is for the next turn.
    woken_ = false;
    if (now >= held_due_) {
        // Those a quarter of a window early go too, so that a busy room's members are written in
        // one go.
        const auto horizon = now + options_.window / 4;
        held_due_ = clock::time_point::max();
        working_.swap(held_);
        for (auto& entry : working_) {
            if (entry == nullptr) {
                continue;
            }
            outbox& o = *entry;
            if (o.last_flush_ + options_.window <= horizon) {
                write(o, now);
            } else {
                held_.push_back(&o);
                held_due_ = std::min(held_due_, o.last_flush_ + options_.window);
            }
        }
        working_.clear();
    }
    working_.swap(ready_);
    for (auto& entry : working_) {
        if (entry == nullptr) {
            continue;
        }
        outbox& o = *entry;
        const bool quiet = now >= o.last_flush_ + options_.window;
        if (quiet || o.overflowing_ || o.bytes_ >= options_.enough_bytes) {
            write(o, now);
        } else {
            o.place_ = outbox::place::held;
            held_.push_back(&o);
            held_due_ = std::min(held_due_, o.last_flush_ + options_.window);
        }
    }
    working_.clear();
    if (held_due_ == clock::time_point::max()) {
        return std::nullopt;
    }
    return held_due_;
}

void flush_list::write(outbox& o, clock::time_point now) {
    o.place_ = outbox::place::none;
    o.last_flush_ = now;
    o.writer_.flush();
}

}  // namespace gim::push
