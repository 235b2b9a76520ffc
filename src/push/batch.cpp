#include "push/batch.hpp"

#include "model/requests.hpp"

#include <algorithm>

namespace gim::push {

model::message_ptr batch::add(model::message_ptr m, clock::time_point now) {
    if (waiting_.empty()) {
        due_ = now + policy_.interval;
    }
    waiting_.push_back({std::move(m), now + policy_.interval});
    if (policy_.mode == batch_mode::latest && waiting_.size() > policy_.count) {
        auto dropped = std::move(waiting_.front().message);
        waiting_.pop_front();
        ++skipped_;
        return dropped;
    }
    return nullptr;
}

std::optional<batch::clock::time_point> batch::due() const noexcept {
    const bool is_full = policy_.mode == batch_mode::full && waiting_.size() >= policy_.count;
    return is_full ? clock::time_point::min() : promised();
}

std::optional<batch::clock::time_point> batch::promised() const noexcept {
    if (waiting_.empty()) {
        return std::nullopt;
    }
    return policy_.mode == batch_mode::latest ? due_ : waiting_.front().due;
}

void batch::clear() noexcept {
    waiting_.clear();
    skipped_ = 0;
}

bool batch::is_due(clock::time_point now) const noexcept {
    const auto at = due();
    return at && *at <= now;
}

batch::taken batch::take() {
    taken out;
    out.skipped = std::exchange(skipped_, 0);
    std::size_t content_bytes = 0;
    while (!waiting_.empty() && out.items.size() < policy_.count) {
        content_bytes += waiting_.front().message->content.size();
        if (!out.items.empty() && content_bytes > model::max_page_content_bytes) {
            break;
        }
        out.items.push_back(std::move(waiting_.front().message));
        waiting_.pop_front();
    }
    return out;
}

}  // namespace gim::push
