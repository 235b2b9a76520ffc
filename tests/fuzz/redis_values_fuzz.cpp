#include "base/utf8_check.hpp"
#include "fuzz/fuzz_target.hpp"
#include "model/ids.hpp"
#include "redis/reply_reader.hpp"
#include "storage/redis/redis_node_fields.hpp"
#include "storage/redis/redis_values.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

// What Redis says is in a key: whatever it is, what gets in is what gim may have written there.

namespace gim::fuzz {

namespace {

constexpr std::string_view user = "ann";

bool is_number(std::int64_t n) {
    return n >= 0 && n <= storage::max_redis_number;
}
bool is_number(std::uint64_t n) {
    return n <= static_cast<std::uint64_t>(storage::max_redis_number);
}

void check_lists(redis::reply_view r) {
    std::size_t wrong = 0;
    const auto ids = storage::read_ids(r, wrong);
    require(std::ranges::all_of(ids, model::is_valid_id), "an id is one");
    require(ids.size() + wrong == r.size(), "each is taken or counted");
    wrong = 0;
    const auto rooms = storage::read_rooms_of(r, wrong);
    require(std::ranges::is_sorted(rooms), "rooms are sorted");
    for (const auto& [room, joined_at] : rooms) {
        require(model::is_valid_id(room) && is_number(joined_at), "a room has an id and a time");
    }
    require(rooms.size() + wrong >= r.size() / 2, "each room is taken or counted");
    wrong = 0;
    const auto sessions = storage::read_private_sessions(r, user, wrong);
    for (const auto& s : sessions) {
        require(!s.session.other_party(user).empty(), "a session is the user's");
        require(is_number(s.updated_at), "and has a time");
    }
    require(sessions.size() + wrong == r.size() / 2, "each session is taken or counted");
    wrong = 0;
    const auto touches = storage::read_touches(r, user, wrong);
    for (const auto& t : touches) {
        require(t.session.has_party(user), "a touch is of the user's session");
        require(is_number(t.number) && is_number(t.sequence), "with a number and a sequence");
        require(t.sequence > 0, "which is one");
    }
    require(touches.size() + wrong == r.size() / 2, "each touch is taken or counted");
}

void check_history(redis::reply_view r, const model::history_query& query) {
    std::size_t wrong = 0;
    model::history_reply page;
    const auto last = storage::read_history(r, query, page, wrong);
    require(!last || page.items.size() < query.limit, "a full page does not go on");
    if (last) {
        storage::read_history(r, query, page, wrong);
    }
    require(page.items.size() <= query.limit, "a page is no longer than asked for");
    require(is_number(page.top_sequence), "the last sequence is one");
    require(page.epoch.empty() || storage::is_epoch(page.epoch), "an epoch is one");
    const model::message* before = nullptr;
    for (const auto& m : page.items) {
        require(model::is_valid_id(m->id) && model::is_valid_id(m->sender.id), "ids are ids");
        for (const auto& text : {m->sender.name, m->category, m->content}) {
            require(base::is_utf8(text), "a text is UTF-8");
        }
        require(!query.after || m->sequence > *query.after, "it is behind what was asked for");
        require(!query.before || m->sequence < *query.before, "or before it");
        if (before != nullptr) {
            const bool rises = m->sequence > before->sequence;
            require(rises == query.after.has_value(), "and messages are in order");
        }
        before = m.get();
    }
}

void check_texts(redis::reply_view r) {
    std::size_t wrong = 0;
    const auto name = storage::read_name(r.text(), user, wrong);
    require(!name.empty() && base::is_utf8(name), "a name is a text");
    require(is_number(storage::read_count(r, wrong)), "a count is one");
    if (const auto answer = storage::read_answer(r.text())) {
        require(model::is_valid_id(answer->answer.id), "an answer names a message");
        require(is_number(answer->answer.created_at), "and its time");
    }
    if (const auto session = storage::read_session_of(r.text(), user)) {
        require(session->text() == r.text(), "a session is written in one way");
    }
    if (storage::is_script_name(r.text())) {
        require(r.text().size() == 40, "a script has a name of 40 digits");
    }
    if (const auto node = storage::node_from_fields("n", r, wrong)) {
        require(
            node->address.empty() || storage::is_node_address(node->address), "an address is one"
        );
        require(is_number(node->connections) && is_number(node->rooms), "counts are counts");
        require(is_number(node->started_at), "a node began some time");
    }
}

void check(redis::reply_view r) {
    check_lists(r);
    model::history_query newest;
    newest.limit = 3;
    check_history(r, newest);
    model::history_query behind;
    behind.after = 11;
    check_history(r, behind);
    model::history_query before;
    before.before = 13;
    check_history(r, before);
    check_texts(r);
    for (std::size_t i = 0; i < r.size(); ++i) {
        check_texts(r[i]);
    }
}

}  // namespace

void redis_values(std::string_view bytes) {
    redis::reply_reader reader;
    reader.feed(bytes);
    while (const auto reply = reader.next()) {
        check(redis::reply_view(reply.get()));
    }
}

}  // namespace gim::fuzz
