#include "push/outbox.hpp"

#include "push/flush_list.hpp"

#include <cassert>
#include <new>

namespace gim::push {

outbox::outbox(outbox_writer& writer, flush_list& list, outbox_options options)
    : writer_(writer), list_(list), limit_bytes_(options.limit_bytes) {}

outbox::~outbox() {
    list_.remove(*this);
}

void outbox::push(const frame_ptr& f) {
    if (sealed_ || overflowing_) {
        return;
    }
    if (bytes_ + f->bytes().size() > limit_bytes_ || !queue(f)) {
        overflowing_ = true;
        list_.add_now(*this);
        return;
    }
    bytes_ += f->bytes().size();
    if (!blocked_) {
        list_.add(*this);
    }
}

bool outbox::queue(const frame_ptr& f) noexcept {
    try {
        queue_.push_back(f);
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    }
}

std::size_t outbox::gather(std::span<iovec> iov) const noexcept {
    std::size_t filled = 0;
    std::size_t skip = written_of_head_;
    for (std::size_t i = head_; i < queue_.size() && filled < iov.size(); ++i) {
        const auto rest = queue_[i]->bytes().substr(skip);
        // sendmsg() does not write to what iov_base points to.
        iov[filled++] = {const_cast<char*>(rest.data()), rest.size()};
        skip = 0;
    }
    return filled;
}

void outbox::consume(std::size_t n) noexcept {
    assert(n <= bytes_);
    bytes_ -= n;
    n += written_of_head_;
    while (head_ < queue_.size() && n >= queue_[head_]->bytes().size()) {
        n -= queue_[head_]->bytes().size();
        queue_[head_++].reset();
    }
    written_of_head_ = n;
    constexpr std::size_t worth_keeping =
        16;  // frames; an idle connection holds no more memory than this
    if (head_ == queue_.size()) {
        head_ = 0;
        queue_.clear();
        if (queue_.capacity() > worth_keeping) {
            queue_.shrink_to_fit();
        }
    } else if (head_ >= 1024 && head_ * 2 >= queue_.size()) {
        // The written half is given back, so that a queue that never runs empty does not grow.
        queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(head_));
        head_ = 0;
    }
}

void outbox::drop_waiting() noexcept {
    const std::size_t kept = written_of_head_ > 0 ? head_ + 1 : head_;
    for (std::size_t i = kept; i < queue_.size(); ++i) {
        bytes_ -= queue_[i]->bytes().size();
    }
    queue_.erase(queue_.begin() + static_cast<std::ptrdiff_t>(kept), queue_.end());
    overflowing_ = false;
}

}  // namespace gim::push
