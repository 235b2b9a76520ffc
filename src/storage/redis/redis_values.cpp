#include "storage/redis/redis_values.hpp"

#include "base/utf8_check.hpp"
#include "model/ids.hpp"
#include "storage/redis/redis_record.hpp"
#include "storage/redis/redis_words.hpp"

#include <algorithm>

namespace gim::storage {

namespace {

bool is_sequence(std::uint64_t n) noexcept {
    return n > 0 && n <= static_cast<std::uint64_t>(max_redis_number);
}

// Whether it may stand behind the one before in the page that was asked for.
bool follows(
    const model::message& m,
    const model::history_reply& page,
    const model::history_query& query
) {
    const auto s = m.sequence;
    if ((query.after && s <= *query.after) || (query.before && s >= *query.before)) {
        return false;
    }
    if (page.items.empty()) {
        return true;
    }
    const auto before = page.items.back()->sequence;
    return query.after ? s > before : s < before;
}

// How many bytes the contents of the next messages may have.
std::size_t bytes_left(const model::history_reply& page) {
    std::size_t used = 0;
    for (const auto& m : page.items) {
        used += m->content.size();
    }
    return model::max_page_content_bytes - std::min(used, model::max_page_content_bytes);
}

}  // namespace

std::optional<std::int64_t> read_number_of(redis::reply_view value) noexcept {
    const auto n = value.number();
    return n && *n >= 0 && *n <= max_redis_number ? n : std::nullopt;
}

std::uint64_t read_count(redis::reply_view value, std::size_t& wrong) noexcept {
    const auto n = read_number_of(value);
    wrong += !n && !value.is_nil() ? 1 : 0;
    return static_cast<std::uint64_t>(n.value_or(0));
}

std::vector<std::string> read_ids(redis::reply_view list, std::size_t& wrong) {
    std::vector<std::string> ids;
    ids.reserve(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
        const auto id = list[i].text();
        if (model::is_valid_id(id)) {
            ids.emplace_back(id);
        } else {
            ++wrong;
        }
    }
    return ids;
}

bool is_fit_text(std::string_view text, std::size_t max_bytes) noexcept {
    return text.size() <= max_bytes && base::is_utf8(text);
}

bool is_epoch(std::string_view text) noexcept {
    return model::is_valid_id(text);
}

bool is_script_name(std::string_view text) noexcept {
    constexpr std::size_t digits = 40;  // of SHA-1
    return text.size() == digits && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::string read_name(std::string_view name, std::string_view user, std::size_t& wrong) {
    const bool is_fit = !name.empty() && is_fit_text(name, model::max_name_bytes);
    wrong += is_fit ? 0 : 1;
    return std::string(is_fit ? name : user);
}

std::vector<std::pair<std::string, std::int64_t>>
read_rooms_of(redis::reply_view list, std::size_t& wrong) {
    std::vector<std::pair<std::string, std::int64_t>> rooms;
    for (std::size_t i = 0; i + 1 < list.size(); i += 2) {
        const auto room = list[i].text();
        const auto joined_at = read_number_of(list[i + 1]);
        wrong += joined_at && model::is_valid_id(room) ? 0 : 1;
        if (model::is_valid_id(room)) {
            rooms.emplace_back(room, joined_at.value_or(0));
        }
    }
    std::ranges::sort(rooms);
    return rooms;
}

std::optional<model::session_id> read_session_of(std::string_view text, std::string_view user) {
    auto session = model::session_id::parse(text);
    const bool is_private = session && session->type() == model::session_type::private_chat;
    // In its one normal form: else one session would be in the list twice.
    if (!is_private || !session->has_party(user) || session->text() != text) {
        return std::nullopt;
    }
    return session;
}

std::vector<private_session>
read_private_sessions(redis::reply_view list, std::string_view user, std::size_t& wrong) {
    std::vector<private_session> sessions;
    for (std::size_t i = 0; i + 1 < list.size(); i += 2) {
        auto session = read_session_of(list[i].text(), user);
        const auto updated_at = read_number_of(list[i + 1]);
        if (session && updated_at) {
            sessions.push_back({std::move(*session), *updated_at});
        } else {
            ++wrong;
        }
    }
    return sessions;
}

std::vector<numbered_touch>
read_touches(redis::reply_view list, std::string_view user, std::size_t& wrong) {
    std::vector<numbered_touch> touches;
    for (std::size_t i = 0; i + 1 < list.size(); i += 2) {
        auto line = list[i].text();
        auto session = read_session_of(take_word(line), user);
        std::uint64_t sequence = 0;
        const bool is_one = take_last_number(line, sequence) && is_sequence(sequence);
        const auto number = read_number_of(list[i + 1]);
        if (session && is_one && number) {
            touches.push_back({static_cast<std::uint64_t>(*number), std::move(*session), sequence});
        } else {
            ++wrong;
        }
    }
    return touches;
}

std::optional<std::string_view> read_history(
    redis::reply_view reply,
    const model::history_query& query,
    model::history_reply& page,
    std::size_t& wrong
) {
    page.top_sequence = read_count(reply[0], wrong);
    page.epoch.clear();
    if (const auto epoch = reply[1].text(); is_epoch(epoch)) {
        page.epoch = epoch;
    } else if (!epoch.empty()) {
        ++wrong;
    }
    const auto matching = read_count(reply[2], wrong);
    constexpr std::size_t begin = 3;
    auto next = std::min(begin, reply.size());
    auto left = bytes_left(page);
    bool is_full = page.items.size() >= query.limit;
    for (; next < reply.size() && !is_full; ++next) {
        auto m = from_redis_record(reply[next].text());
        if (m == nullptr || !follows(*m, page, query)) {
            ++wrong;
            continue;
        }
        if (!page.items.empty() && m->content.size() > left) {
            is_full = true;
            break;
        }
        left -= std::min(left, m->content.size());
        page.items.push_back(std::move(m));
        is_full = page.items.size() >= query.limit;
    }
    const bool has_more = next > begin && next - begin < matching;
    page.has_more = has_more && !page.items.empty();
    return has_more && !is_full ? std::optional(reply[next - 1].text()) : std::nullopt;
}

std::optional<kept_answer> read_answer(std::string_view text) {
    kept_answer out;
    if (!take_number(text, out.content_hash)) {
        return std::nullopt;
    }
    out.answer.id = take_word(text);
    if (!model::is_valid_id(out.answer.id) || !take_number(text, out.answer.sequence) ||
        !is_sequence(out.answer.sequence) || !take_last_number(text, out.answer.created_at) ||
        out.answer.created_at < 0 || out.answer.created_at > max_redis_number) {
        return std::nullopt;
    }
    return out;
}

}  // namespace gim::storage
