#include "storage/memory/conversations.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <ranges>
#include <utility>

namespace gim::storage {

namespace {

// Sequences of clients may be any number; ours never come near the largest score.
std::int64_t score_of(std::uint64_t sequence) {
    constexpr auto most = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
    return static_cast<std::int64_t>(std::min(sequence, most));
}

}  // namespace

std::size_t bytes_of(const model::message& m) noexcept {
    constexpr std::size_t of_pointers = 64;  // in the set, to the message, and the allocator's own
    return sizeof m + of_pointers + m.sender.id.size() + m.sender.name.size() + m.category.size() +
           m.content.size();
}

conversations::conversations(
    std::size_t messages,
    shared_limit::share bytes,
    message_ids ids,
    on_forgotten forgotten
)
    : max_messages_(messages), limit_(bytes), ids_(ids), forgotten_session_(std::move(forgotten)) {}

void conversations::add_bytes(std::size_t n) noexcept {
    bytes_ += n;
    limit_.add(n);
}

void conversations::remove_bytes(std::size_t n) noexcept {
    bytes_ -= n;
    limit_.remove(n);
}

std::size_t conversations::bytes_of_session(const conversation& c) noexcept {
    const bool is_private = !c.id->starts_with("1:");
    return bytes_of_conversation + (is_private ? 2 * (bytes_of_list_entry + c.id->size()) : 0);
}

void conversations::publish_oldest() noexcept {
    limit_.set_oldest(by_silence_.empty() ? shared_limit::no_entry : by_silence_.front().top.time);
}

conversations::conversation& conversations::conversation_of(const model::session_id& session) {
    auto found = all_.find(session.text());
    if (found == all_.end()) {
        found = all_.try_emplace(std::string(session.text())).first;
        found->second.id = &found->first;
        found->second.top = forgotten_;
    }
    return found->second;
}

conversations::appended
conversations::append(const model::session_id& session, message_draft draft, std::int64_t now_ms) {
    conversation& talk = conversation_of(session);
    auto message = std::make_shared<model::message>();
    message->id = ids_.next(now_ms);
    message->sender = std::move(draft.sender);
    message->category = std::move(draft.category);
    message->content = std::move(draft.content);
    message->sequence = talk.top.sequence + 1;
    message->created_at = std::max(now_ms, talk.top.time);
    talk.messages.insert(score_of(message->sequence), message);
    talk.top = {message->sequence, message->created_at};

    if (talk.by_silence.is_linked()) {
        by_silence_.erase(by_silence_.iterator_to(talk));
    } else {
        add_bytes(bytes_of_session(talk));
    }
    by_silence_.push_back(talk);
    add_bytes(bytes_of(*message));
    ++messages_;
    while (talk.messages.size() > max_messages_) {
        drop_oldest(talk);
    }
    publish_oldest();
    std::size_t dropped = 0;
    limit_.make_space([&] {
        const bool is_only_new =
            by_silence_.size() == 1 && by_silence_.front().messages.size() == 1;
        return !is_only_new && drop_quietest(dropped);
    });
    return {std::move(message), dropped};
}

std::size_t conversations::evict() {
    std::size_t dropped = 0;
    limit_.evict([&] {
        // The newest message of all workers stays.
        return !(messages_ == 1 && limit_.is_alone()) && drop_quietest(dropped);
    });
    return dropped;
}

bool conversations::drop_quietest(std::size_t& dropped) {
    if (by_silence_.empty()) {
        return false;
    }
    conversation& quietest = by_silence_.front();
    drop_oldest(quietest);
    ++dropped;
    if (quietest.messages.empty()) {
        const auto session = model::session_id::parse(*quietest.id);
        const auto last_ms = quietest.top.time;
        forget(quietest);
        if (forgotten_session_ && session) {
            forgotten_session_(*session, last_ms);
        }
    }
    publish_oldest();
    return true;
}

void conversations::drop_oldest(conversation& c) {
    remove_bytes(bytes_of(*c.messages.front().member));
    --messages_;
    c.messages.pop_front();
    if (c.messages.empty()) {
        by_silence_.erase(by_silence_.iterator_to(c));
        remove_bytes(bytes_of_session(c));
    }
}

void conversations::forget(conversation& c) {
    while (!c.messages.empty()) {
        drop_oldest(c);
    }
    begin_behind(c.top);
    all_.erase(all_.find(*c.id));
}

void conversations::begin_behind(const progress& other) {
    forgotten_.sequence = std::max(forgotten_.sequence, other.sequence);
    forgotten_.time = std::max(forgotten_.time, other.time);
}

void conversations::forget(const model::session_id& session) {
    if (const auto found = all_.find(session.text()); found != all_.end()) {
        forget(found->second);
        publish_oldest();
    }
}

model::history_reply
conversations::history(const model::session_id& session, const model::history_query& query) const {
    model::history_reply page;
    const auto found = all_.find(session.text());
    if (found == all_.end()) {
        page.top_sequence = forgotten_.sequence;
        return page;
    }
    const message_set& messages = found->second.messages;
    page.top_sequence = found->second.top.sequence;

    // Sequence and time rise together, so all that match are one range of ranks.
    std::size_t low = 0;
    std::size_t high = messages.size();
    if (query.after) {
        low = std::max(low, messages.rank_behind(score_of(*query.after)));
    }
    if (query.before) {
        high = std::min(high, messages.rank(score_of(*query.before)));
    }
    if (query.from) {
        low = std::max(low, first_rank_at(messages, *query.from));
    }
    if (query.to && *query.to < std::numeric_limits<std::int64_t>::max()) {
        high = std::min(high, first_rank_at(messages, *query.to + 1));
    }
    if (low >= high) {
        return page;
    }

    const std::size_t count = std::min(high - low, query.limit);
    std::size_t content_bytes = 0;
    const auto take = [&](const auto& entry) {
        content_bytes += entry.member->content.size();
        if (!page.items.empty() && content_bytes > model::max_page_content_bytes) {
            return false;
        }
        page.items.push_back(entry.member);
        return true;
    };
    page.items.reserve(count);
    if (query.after) {
        std::ranges::all_of(messages.range_by_rank(low, count), take);
    } else {
        std::ranges::all_of(
            messages.range_by_rank(high - count, count) | std::views::reverse, take
        );
    }
    page.has_more = page.items.size() < high - low;
    return page;
}

// The rank of the first message made at `ms` or later.
std::size_t conversations::first_rank_at(const message_set& messages, std::int64_t ms) {
    const auto ranks = std::views::iota(std::size_t{0}, messages.size());
    const auto first = std::ranges::partition_point(ranks, [&](std::size_t rank) {
        return messages.at(rank)->member->created_at < ms;
    });
    return first == ranks.end() ? messages.size() : *first;
}

model::message_ptr conversations::last(const model::session_id& session) const {
    const auto found = all_.find(session.text());
    if (found == all_.end() || found->second.messages.empty()) {
        return nullptr;
    }
    return found->second.messages.back().member;
}

// --- a snapshot

void conversations::save(snapshot_writer& to) const {
    auto behind = forgotten_;
    for (const auto& [id, c] : all_) {
        if (c.messages.empty()) {  // none was stored, for want of memory
            behind.sequence = std::max(behind.sequence, c.top.sequence);
            behind.time = std::max(behind.time, c.top.time);
        }
    }
    to.add(snapshot::horizon{behind.sequence, behind.time, ids_.last_ms()});
    for (const conversation& c : by_silence_) {
        to.add(snapshot::session{*c.id, c.top.sequence, c.top.time});
        for (const auto& entry : c.messages) {
            const auto& m = *entry.member;
            to.add(snapshot::message{
                m.sequence,
                m.created_at,
                m.status,
                m.id,
                m.sender.id,
                m.sender.name,
                m.category,
                m.content});
        }
    }
}

void conversations::restore(const snapshot::horizon& r) {
    begin_behind({r.sequence, r.time});
    ids_.begin_behind(r.last_id);
}

void conversations::restore(const snapshot::session& r) {
    // So that a snapshot that is larger than what may be kept is never in memory as a whole.
    constexpr std::size_t slack = 16 * 1024 * 1024;
    const auto most = limit_.limit();
    if (most != 0 && bytes_ > most + std::max(most, slack)) {
        dropped_ += settle();
        dropped_ += evict();
    }
    const auto [place, is_new] = all_.try_emplace(std::string(r.id));
    restored_ = is_new ? &place->second : nullptr;
    if (is_new) {
        restored_->id = &place->first;
        restored_->top = {r.sequence, r.time};
    }
}

void conversations::restore(const snapshot::message& r) {
    if (restored_ == nullptr) {
        return;  // of a session that is forgotten, or that was there already
    }
    auto message = std::make_shared<model::message>();
    message->id = r.id;
    message->sender.id = r.sender;
    message->sender.name = r.sender_name;
    message->category = r.category;
    message->content = r.content;
    message->sequence = r.sequence;
    message->created_at = r.created_at;
    message->status = r.status;
    add_bytes(bytes_of(*message));
    ++messages_;
    restored_->messages.insert(score_of(r.sequence), std::move(message));
    if (!restored_->by_silence.is_linked()) {
        by_silence_.push_back(*restored_);
        add_bytes(bytes_of_session(*restored_));
    }
    if (restored_->messages.size() > max_messages_) {
        drop_oldest(*restored_);
        ++dropped_;
    }
}

void conversations::forget(const snapshot::session& r) {
    restored_ = nullptr;
    begin_behind({r.sequence, r.time});
}

std::size_t conversations::settle() {
    restored_ = nullptr;
    by_silence_.sort([](const conversation& a, const conversation& b) {
        return a.top.time < b.top.time;
    });
    publish_oldest();
    return std::exchange(dropped_, 0);
}

}  // namespace gim::storage
