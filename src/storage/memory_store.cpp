#include "storage/memory_store.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <random>
#include <ranges>
#include <tuple>

namespace gim::storage {
namespace {

std::uint64_t random_number() {
    std::random_device device;
    return std::uint64_t{device()} << 32 | device();
}

// Sequences of clients may be any number; ours never come near the largest score.
std::int64_t score_of(std::uint64_t sequence) {
    constexpr auto most = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
    return static_cast<std::int64_t>(std::min(sequence, most));
}

}  // namespace

std::string random_epoch() {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::uint64_t number = random_number(); number > 0; number /= digits.size()) {
        text += digits[number % digits.size()];
    }
    return text.empty() ? "0" : text;
}

memory_store::memory_store(memory_store_options options)
    : options_(std::move(options)), ids_(options_.worker, random_number()) {}

// --- messages ---

async_result<protocol::message_ptr> memory_store::append(
    const protocol::session_id& session,
    message_draft draft,
    std::int64_t now_ms
) {
    conversation& talk = protocol::value_at(conversations_, session.text());
    auto message = std::make_shared<protocol::message>();
    message->id = ids_.next(now_ms);
    message->sender = std::move(draft.sender);
    message->category = std::move(draft.category);
    message->content = std::move(draft.content);
    message->sequence = talk.top_sequence + 1;
    message->created_at = std::max(now_ms, talk.last_time);
    talk.messages.insert(score_of(message->sequence), message);
    talk.messages.trim(options_.history);
    talk.top_sequence = message->sequence;
    talk.last_time = message->created_at;
    co_return message;
}

async_result<protocol::history_reply>
memory_store::history(const protocol::session_id& session, const protocol::history_query& query) {
    protocol::history_reply page;
    page.epoch = options_.epoch;
    const auto found = conversations_.find(session.text());
    if (found == conversations_.end()) {
        co_return page;
    }
    const message_set& messages = found->second.messages;
    page.top_sequence = found->second.top_sequence;

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
        co_return page;
    }

    const std::size_t count = std::min(high - low, query.limit);
    std::size_t content_bytes = 0;
    const auto take = [&](const auto& entry) {
        content_bytes += entry.member->content.size();
        if (!page.items.empty() && content_bytes > protocol::max_page_content_bytes) {
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
    co_return page;
}

// The rank of the first message made at `ms` or later.
std::size_t memory_store::first_rank_at(const message_set& messages, std::int64_t ms) {
    const auto ranks = std::views::iota(std::size_t{0}, messages.size());
    const auto first = std::ranges::partition_point(ranks, [&](std::size_t rank) {
        return messages.at(rank)->member->created_at < ms;
    });
    return first == ranks.end() ? messages.size() : *first;
}

async_result<protocol::message_ptr> memory_store::last_message(const protocol::session_id& session
) {
    const auto found = conversations_.find(session.text());
    if (found == conversations_.end() || found->second.messages.empty()) {
        co_return nullptr;
    }
    co_return found->second.messages.back().member;
}

// --- rooms ---

memory_store::id_set& memory_store::room_of(std::string_view id) {
    auto found = members_.find(id);
    if (found == members_.end()) {
        found = members_.try_emplace(std::string(id)).first;
        rooms_by_id_.insert(0, &found->first);
    }
    return found->second;
}

async_result<bool> memory_store::add_member(std::string_view room, std::string_view user) {
    co_return room_of(room).insert(0, std::string(user));
}

async_result<bool> memory_store::create_room(std::string_view room) {
    const auto before = members_.size();
    room_of(room);
    co_return members_.size() > before;
}

async_result<std::optional<std::vector<std::string>>> memory_store::remove_room(
    std::string_view room
) {
    const auto found = members_.find(room);
    if (found == members_.end()) {
        co_return std::nullopt;
    }
    std::vector<std::string> ids;
    ids.reserve(found->second.size());
    for (const auto& entry : found->second) {
        ids.push_back(entry.member);
    }
    rooms_by_id_.erase(0, &found->first);
    members_.erase(found);
    const auto talk = conversations_.find(protocol::session_id::room(room).text());
    if (talk != conversations_.end()) {
        talk->second.messages.clear();
    }
    co_return ids;
}

async_result<bool> memory_store::remove_member(std::string_view room, std::string_view user) {
    const auto found = members_.find(room);
    co_return found != members_.end() && found->second.erase(0, user);
}

async_result<bool> memory_store::is_member(std::string_view room, std::string_view user) {
    const auto found = members_.find(room);
    co_return found != members_.end() && found->second.contains(0, user);
}

async_result<std::optional<room_record>> memory_store::find_room(std::string_view room) {
    const auto found = members_.find(room);
    if (found == members_.end()) {
        co_return std::nullopt;
    }
    co_return room_record{found->first, found->second.size()};
}

async_result<id_page>
memory_store::members(std::string_view room, std::string_view after, std::size_t limit) {
    id_page page;
    const auto found = members_.find(room);
    if (found == members_.end()) {
        co_return page;
    }
    const id_set& ids = found->second;
    page.total = ids.size();
    auto next = ids.upper_bound(0, after);
    for (; next != ids.end() && page.ids.size() < limit; ++next) {
        page.ids.push_back(next->member);
    }
    page.has_more = next != ids.end();
    co_return page;
}

async_result<std::vector<room_record>>
memory_store::rooms(std::string_view after, std::size_t limit) {
    std::vector<room_record> page;
    auto next = rooms_by_id_.upper_bound(0, after);
    for (; next != rooms_by_id_.end() && page.size() < limit; ++next) {
        page.push_back({*next->member, members_.find(*next->member)->second.size()});
    }
    co_return page;
}

// --- users ---

async_result<void> memory_store::put_user(const protocol::user& user) {
    protocol::value_at(names_, user.id) = user.name;
    co_return protocol::result<void>();
}

async_result<std::optional<protocol::user>> memory_store::find_user(std::string_view id) {
    const auto found = names_.find(id);
    if (found == names_.end()) {
        co_return std::nullopt;
    }
    co_return protocol::user{found->first, found->second};
}

async_result<void>
memory_store::add_room_of(std::string_view user, std::string_view room, std::int64_t now_ms) {
    protocol::value_at(rooms_of_, user).try_emplace(std::string(room), now_ms);
    co_return protocol::result<void>();
}

async_result<void> memory_store::remove_room_of(std::string_view user, std::string_view room) {
    if (const auto found = rooms_of_.find(user); found != rooms_of_.end()) {
        auto& rooms = found->second;
        if (const auto joined = rooms.find(room); joined != rooms.end()) {
            rooms.erase(joined);
        }
        if (rooms.empty()) {
            rooms_of_.erase(found);
        }
    }
    co_return protocol::result<void>();
}

async_result<std::vector<std::pair<std::string, std::int64_t>>> memory_store::rooms_of(
    std::string_view user
) {
    std::vector<std::pair<std::string, std::int64_t>> rooms;
    if (const auto found = rooms_of_.find(user); found != rooms_of_.end()) {
        rooms.assign(found->second.begin(), found->second.end());
    }
    co_return rooms;
}

async_result<void> memory_store::touch_private_session(
    std::string_view user,
    const protocol::session_id& session,
    std::int64_t updated_at
) {
    private_list& list = protocol::value_at(private_lists_, user);
    const auto [place, is_new] = list.updated_at.try_emplace(session, updated_at);
    if (!is_new && place->second >= updated_at) {
        co_return protocol::result<void>();
    }
    // The new place first: should there be no memory for it, the old one stays.
    if (list.by_time.insert(updated_at, &place->first) && place->second != updated_at) {
        list.by_time.erase(place->second, &place->first);
        place->second = updated_at;
    }
    co_return protocol::result<void>();
}

async_result<std::vector<private_session>> memory_store::private_sessions(
    std::string_view user,
    const std::optional<session_cursor>& after,
    std::size_t limit
) {
    std::vector<private_session> page;
    const auto found = private_lists_.find(user);
    if (found == private_lists_.end()) {
        co_return page;
    }
    const auto& by_time = found->second.by_time;
    auto i = by_time.end();
    if (after) {
        i = by_time.lower_bound(after->updated_at, std::string_view(after->session));
    }
    while (i != by_time.begin() && page.size() < limit) {
        --i;
        page.push_back({*i->member, i->score});
    }
    co_return page;
}

}  // namespace gim::storage
