#include "storage/snapshot/snapshot_rules.hpp"

#include "base/utf8_check.hpp"
#include "model/ids.hpp"

#include <algorithm>

namespace gim::storage {

using namespace snapshot;
using base::is_utf8;
using model::is_valid_id;
using model::session_id;

namespace {

// Whatever is told to clients in JSON, and far more than there will be.
constexpr std::uint64_t most = std::uint64_t{1} << 53;
// What an id of a message has for it.
constexpr std::int64_t most_id_ms = std::int64_t{1} << 42;
constexpr std::uint64_t most_left_ms = 24 * 60 * 60 * 1000;
constexpr std::size_t most_short_text = 32;

bool is_time(std::int64_t ms) noexcept {
    return ms >= 0 && ms < static_cast<std::int64_t>(most);
}

// What we make ourselves: epochs and the ids of messages.
bool is_short_text(std::string_view text) noexcept {
    return !text.empty() && text.size() <= most_short_text &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
           });
}

// In its one normal form.
std::optional<session_id> session_of(std::string_view text) {
    auto id = session_id::parse(text);
    return id && id->text() == text ? id : std::nullopt;
}

}  // namespace

std::string_view snapshot_rules::check(const record& next) {
    if (stage_ == stage::ended) {
        return "a record behind the end";
    }
    if (stage_ == stage::nothing && !std::holds_alternative<beginning>(next)) {
        return "no beginning";
    }
    const auto wrong = std::visit([this](const auto& r) { return check(r); }, next);
    ++records_;
    return wrong;
}

std::string_view snapshot_rules::check(const beginning& r) {
    if (stage_ != stage::nothing) {
        return "a second beginning";
    }
    stage_ = stage::rooms;
    return is_short_text(r.epoch) && is_time(r.written_at) ? "" : "a wrong beginning";
}

std::string_view snapshot_rules::check(const room& r) {
    if (stage_ != stage::rooms) {
        return "a room behind what is not a room";
    }
    is_in_room_ = true;
    const bool is_state = r.state == occupancy::kept || r.state == occupancy::left;
    return is_valid_id(r.id) && is_state ? "" : "a wrong room";
}

std::string_view snapshot_rules::check(const member& r) {
    if (stage_ != stage::rooms || !is_in_room_) {
        return "a member without a room";
    }
    return is_valid_id(r.user) ? "" : "a wrong member";
}

std::string_view snapshot_rules::check(const user& r) {
    stage_ = stage::rest;
    return is_valid_id(r.id) && is_utf8(r.name) ? "" : "a wrong user";
}

std::string_view snapshot_rules::check(const joined& r) {
    stage_ = stage::rest;
    return is_valid_id(r.user) && is_valid_id(r.room) && is_time(r.at) ? ""
                                                                       : "a wrong room of a user";
}

std::string_view snapshot_rules::check(const listed& r) {
    stage_ = stage::rest;
    const auto session = session_of(r.session);
    const bool is_private = session && session->type() == model::session_type::private_chat;
    return is_private && is_valid_id(r.user) && session->has_party(r.user) && is_time(r.updated_at)
               ? ""
               : "a wrong session of a user";
}

std::string_view snapshot_rules::check(const horizon& r) {
    stage_ = stage::rest;
    const bool is_id_time = r.last_id >= 0 && r.last_id < most_id_ms;
    return r.sequence < most && is_time(r.time) && is_id_time ? "" : "a wrong horizon";
}

std::string_view snapshot_rules::check(const session& r) {
    stage_ = stage::rest;
    session_ = progress{0, 0, r.sequence, r.time};
    return session_of(r.id) && r.sequence < most && is_time(r.time) ? "" : "a wrong session";
}

std::string_view snapshot_rules::check(const message& r) {
    if (stage_ != stage::rest || !session_) {
        return "a message without a session";
    }
    const bool is_next = r.sequence > session_->sequence && r.created_at >= session_->time;
    if (!is_next || r.sequence > session_->last_sequence || r.created_at > session_->last_time) {
        return "messages out of order";
    }
    session_->sequence = r.sequence;
    session_->time = r.created_at;
    const bool is_text = is_utf8(r.sender_name) && is_utf8(r.category) && is_utf8(r.content);
    return is_short_text(r.id) && is_valid_id(r.sender) && is_text ? "" : "a wrong message";
}

std::string_view snapshot_rules::check(const request& r) {
    stage_ = stage::rest;
    const bool is_named =
        is_valid_id(r.sender) && session_of(r.session) && is_valid_id(r.request_id);
    const bool is_answer =
        is_short_text(r.message_id) && r.sequence < most && is_time(r.created_at);
    return is_named && is_answer && r.left_ms <= most_left_ms ? "" : "a wrong request";
}

std::string_view snapshot_rules::check(const ending& r) {
    stage_ = stage::ended;
    return r.records == records_ ? "" : "another number of records than at the end";
}

}  // namespace gim::storage
