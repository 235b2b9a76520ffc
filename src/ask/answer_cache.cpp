#include "ask/answer_cache.hpp"

namespace gim::ask {

std::optional<auth::identity> answer_cache::find(const digest& question, clock::time_point now) {
    const auto found = by_question_.find(question);
    if (found == by_question_.end()) {
        return std::nullopt;
    }
    const auto at = found->second;
    if (at->until <= now) {
        by_use_.erase(at);
        by_question_.erase(found);
        return std::nullopt;
    }
    by_use_.splice(by_use_.begin(), by_use_, at);
    return at->who;
}

void answer_cache::keep(
    const digest& question,
    const auth::identity& who,
    clock::duration time,
    clock::time_point now
) {
    if (const auto found = by_question_.find(question); found != by_question_.end()) {
        by_use_.erase(found->second);
        by_question_.erase(found);
    }
    if (most_ == 0 || time <= clock::duration::zero()) {
        return;
    }
    if (by_question_.size() >= most_) {
        by_question_.erase(by_use_.back().question);
        by_use_.pop_back();
    }
    by_use_.push_front({question, who, now + time});
    by_question_.emplace(question, by_use_.begin());
}

}  // namespace gim::ask
