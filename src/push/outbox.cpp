#include "push/outbox.hpp"

#include "push/flush_list.hpp"

#include <algorithm>
#include <cassert>

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
    if (bytes_ + f->bytes().size() > limit_bytes_ || !queue_.push_back(f)) {
        overflowing_ = true;
        list_.add_now(*this);
        return;
    }
    bytes_ += f->bytes().size();
    if (!blocked_) {
        list_.add(*this);
    }
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

void outbox::consume(std::size_t n) noexcept {
    assert(n <= bytes_);
    bytes_ -= n;
    n += written_of_oldest_;
    while (!queue_.is_empty() && n >= queue_[0].bytes().size()) {
        n -= queue_[0].bytes().size();
        queue_.pop_front();
    }
    written_of_oldest_ = n;
}

void outbox::drop_waiting() noexcept {
    const std::uint32_t kept = written_of_oldest_ > 0 ? 1 : 0;
    for (std::uint32_t i = kept; i < queue_.size(); ++i) {
        bytes_ -= queue_[i].bytes().size();
    }
    queue_.truncate(kept);
    overflowing_ = false;
}

}  // namespace gim::push
