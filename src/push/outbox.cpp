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
    const auto bytes = bytes_ + f->bytes().size();
    if (bytes > options_.hard_bytes || queue_.size() >= options_.hard_frames ||
        !queue_.push_back(f)) {
        cut_off(cut::too_much);
        return;
    }
    bytes_ = bytes;
    behind_ = behind_ || (bytes_ >= options_.soft_bytes && options_.soft_bytes != 0);
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
    for (std::uint32_t i = kept; i < queue_.size(); ++i) {
        bytes_ -= queue_[i].bytes().size();
    }
    queue_.truncate(kept);
    cut_ = cut::none;
    catch_up();
    if (watch_) {
        watch_->dropped(bytes_);
    }
}

}  // namespace gim::push
