#include "session/request_memory.hpp"

#include <utility>

namespace gim::session {

// None of the three can hold a space.
std::string request_memory::name_of(const key& request) {
    std::string name;
    name.reserve(request.sender.size() + request.session.size() + request.request_id.size() + 2);
    name.append(request.sender).append(" ").append(request.session).append(" ");
    return name.append(request.request_id);
}

std::optional<request_memory::memory>
request_memory::find(const key& request, std::size_t content_hash, clock::time_point now) {
    forget_old(now);
    const auto found = by_name_.find(name_of(request));
    if (found == by_name_.end()) {
        return std::nullopt;
    }
    const auto& known = *found->second;
    return memory{known.answered, known.content_hash == content_hash};
}

request_memory::forgotten request_memory::remember(
    const key& request,
    std::size_t content_hash,
    answer answered,
    clock::time_point now
) {
    if (options_.most == 0) {
        return forgotten::none;
    }
    forget_old(now);
    auto outcome = forgotten::none;
    if (by_age_.size() == options_.most) {
        forget_oldest();
        outcome = forgotten::before_its_time;
    }
    const auto& added = by_age_.emplace_back(entry{
        name_of(request), content_hash, std::move(answered), now + options_.time});
    try {
        by_name_.emplace(added.name, &added);
    } catch (...) {
        by_age_.pop_back();
        throw;
    }
    return outcome;
}

void request_memory::forget_old(clock::time_point now) {
    while (!by_age_.empty() && by_age_.front().end <= now) {
        forget_oldest();
    }
}

void request_memory::forget_oldest() {
    by_name_.erase(by_age_.front().name);
    by_age_.pop_front();
}

}  // namespace gim::session
