#include "storage/memory/request_memory.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace gim::storage {

// None of the three can hold a space.
std::string request_memory::name_of(const key& request) {
    std::string name;
    name.reserve(request.sender.size() + request.session.size() + request.request_id.size() + 2);
    name.append(request.sender).append(" ").append(request.session).append(" ");
    return name.append(request.request_id);
}

request_memory::key request_memory::key_of(std::string_view name) {
    const auto first = name.find(' ');
    const auto second = name.find(' ', first + 1);
    return {
        name.substr(0, first), name.substr(first + 1, second - first - 1), name.substr(second + 1)};
}

std::optional<request_memory::memory>
request_memory::find(const key& request, std::uint64_t content_hash, clock::time_point now) {
    forget_old(now);
    const auto found = by_name_.find(name_of(request));
    if (found == by_name_.end()) {
        return std::nullopt;
    }
    const auto& known = *found->second;
    return memory{known.answer, known.content_hash == content_hash};
}

std::size_t request_memory::remember(
    const key& request,
    std::uint64_t content_hash,
    receipt answer,
    clock::time_point now
) {
    if (limit_.limit() == 0) {
        return 0;
    }
    forget_old(now);
    const auto& added =
        by_age_.emplace_back(entry{name_of(request), content_hash, std::move(answer), now + time_});
    try {
        by_name_.emplace(added.name, &added);
    } catch (...) {
        by_age_.pop_back();
        throw;
    }
    limit_.add(1);
    publish_oldest();
    std::size_t before_time = 0;
    limit_.make_space([&] { return by_age_.size() > 1 && forget_oldest(now, before_time); });
    return before_time;
}

std::size_t request_memory::evict(clock::time_point now) {
    std::size_t before_time = 0;
    limit_.evict([&] { return forget_oldest(now, before_time); });
    return before_time;
}

void request_memory::forget_old(clock::time_point now) {
    while (!by_age_.empty() && by_age_.front().end <= now) {
        forget_oldest();
    }
}

void request_memory::forget_oldest() {
    by_name_.erase(by_age_.front().name);
    by_age_.pop_front();
    limit_.remove(1);
    publish_oldest();
}

bool request_memory::forget_oldest(clock::time_point now, std::size_t& before_time) {
    if (by_age_.empty()) {
        return false;
    }
    before_time += by_age_.front().end > now ? 1 : 0;
    forget_oldest();
    return true;
}

void request_memory::publish_oldest() noexcept {
    limit_.set_oldest(
        by_age_.empty() ? shared_limit::no_entry : by_age_.front().end.time_since_epoch().count()
    );
}

// --- a snapshot

void request_memory::save(snapshot_writer& to, clock::time_point now) const {
    for (const entry& e : by_age_) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(e.end - now);
        if (left.count() > 0) {
            const auto name = key_of(e.name);
            to.add(snapshot::request{
                name.sender,
                name.session,
                name.request_id,
                e.content_hash,
                e.answer.id,
                e.answer.sequence,
                e.answer.created_at,
                static_cast<std::uint64_t>(left.count())});
        }
    }
}

void request_memory::restore(const snapshot::request& r, clock::time_point now) {
    // The time of this process counts, which may be another than the writer's.
    const auto left = std::min<clock::duration>(std::chrono::milliseconds(r.left_ms), time_);
    restored_.push_back(
        {name_of({r.sender, r.session, r.request_id}),
         r.content_hash,
         {std::string(r.message_id), r.sequence, r.created_at},
         now + left}
    );
}

void request_memory::settle() {
    std::ranges::sort(restored_, {}, &entry::end);
    const auto kept = std::min(restored_.size(), limit_.limit());
    for (auto& e : std::span(restored_).last(kept)) {
        const auto& added = by_age_.emplace_back(std::move(e));
        if (!by_name_.emplace(added.name, &added).second) {
            by_age_.pop_back();
        } else {
            limit_.add(1);
        }
    }
    publish_oldest();
    restored_ = {};
}

}  // namespace gim::storage
