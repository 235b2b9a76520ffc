#include "push/outbox.hpp"

#include "push/flush_list.hpp"

#include <algorithm>
#include <cassert>

namespace gim::push {

outbox::outbox(outbox_writer& writer, flush_list& list, outbox_options options)
    : writer_(writer), list_(list), options_(options) {}

outbox::~outbox() {
    list_.remove(*this);
}

void outbox::push(const frame_ptr& f) {
    if (sealed_ || is_cut_off()) {
        return;
    }
    if (!queue_.push_back(f)) {
        cut_off(cut::short_of_memory);
        return;
    }
    bytes_ += f->bytes().size();
    behind_ = behind_ || (bytes_ >= options_.soft_bytes && options_.soft_bytes != 0);
    if (is_over()) [[unlikely]] {
        begin_burst(f->made());
    }
    if (!blocked_) {
        list_.add(*this);
    }
}

void outbox::cut_off(cut why) {
    if (!sealed_ && !is_cut_off()) {
        cut_ = why;
        list_.add_now(*this);
    }
}

// Or makes the one longer that is being taken, whose step goes on.
void outbox::begin_burst(clock::time_point now) noexcept {
    if (taken_ >= burst_end_) {
        step_begin_ = now;
        step_end_ = taken_ + std::min(bytes_, options_.hard_bytes);
    }
    burst_end_ = taken_ + bytes_;
}

worker::memory_budget* outbox::memory() const noexcept {
    return list_.memory();
}

void outbox::judge(clock::time_point now, clock::duration age) {
    if (is_empty() || sealed_ || is_cut_off()) {
        return;
    }
    if (taken_ != seen_) {
        seen_ = taken_;
        moved_at_ = now;
    }
    const bool has_age = age != clock::duration::zero();
    const auto step_time = has_age ? age : clock::duration(step_without_age);
    if (is_over() && now - moved_at_ >= std::min<clock::duration>(step_time, longest_rest)) {
        cut_off(cut::too_much);
    } else if (taken_ >= burst_end_) {
        if (has_age && now - oldest() >= age) {
            cut_off(cut::too_old);
        }
    } else if (taken_ >= step_end_) {
        step_begin_ = now;
        step_end_ = taken_ + std::min<std::uint64_t>(burst_end_ - taken_, options_.hard_bytes);
    } else if (now - step_begin_ >= step_time && (has_age || is_over())) {
        cut_off(is_over() ? cut::too_much : cut::too_old);
    }
}

pace outbox::pace_at(clock::time_point now, clock::duration age) const noexcept {
    // Longer than most ways there and back.
    constexpr std::chrono::milliseconds moment{250};
    if (taken_ == seen_ && now - moved_at_ >= moment) {
        return pace::none;
    }
    const auto time = age != clock::duration::zero() ? age : clock::duration(step_without_age);
    const bool is_in_step = taken_ < burst_end_ && taken_ < step_end_;
    if (taken_ < burst_end_ && !is_in_step) {
        return pace::good;  // it has just taken a step
    }
    const auto begin = is_in_step ? step_begin_ : oldest();
    return now - begin >= time / 2 ? pace::late : pace::good;
}

void outbox::set_blocked(bool blocked) noexcept {
    blocked_ = blocked;
    if (blocked) {
        list_.slow().add(*this);
    } else {
        slow_.unlink();
    }
}

// So that one whose peer reads as fast as it is sent to does not change its mind at every packet.
void outbox::catch_up() noexcept {
    behind_ = behind_ && bytes_ > options_.soft_bytes / 2;
}

std::size_t outbox::gather(std::span<iovec> iov) const noexcept {
    const auto filled = std::min<std::size_t>(queue_.size(), iov.size());
    std::size_t skip = written_of_oldest_;
    for (std::uint32_t i = 0; i < filled; ++i) {
        const auto rest = queue_[i].bytes().substr(skip);
        // sendmsg() does not write to what iov_base points to.
        iov[i] = {const_cast<char*>(rest.data()), rest.size()};
        skip = 0;
    }
    return filled;
}

std::size_t outbox::consume(std::size_t n) noexcept {
    assert(n <= bytes_);
    if (watch_) [[unlikely]] {
        watch_->written(n);
    }
    bytes_ -= n;
    taken_ += n;
    n += written_of_oldest_;
    std::size_t frames = 0;
    while (!queue_.is_empty() && n >= queue_[0].bytes().size()) {
        n -= queue_[0].bytes().size();
        queue_.pop_front();
        ++frames;
    }
    written_of_oldest_ = n;
    catch_up();
    return frames;
}

void outbox::drop_waiting() noexcept {
    const std::uint32_t kept = written_of_oldest_ > 0 ? 1 : 0;
    const auto before = bytes_;
    for (std::uint32_t i = kept; i < queue_.size(); ++i) {
        bytes_ -= queue_[i].bytes().size();
    }
    taken_ += before - bytes_;
    queue_.truncate(kept);
    cut_ = cut::none;
    catch_up();
    if (watch_) {
        watch_->dropped(bytes_);
    }
}

}  // namespace gim::push
