#pragma once

#include "storage/store.hpp"
#include "support/run.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What every store must do. The cases are in *_conformance.cpp; a new store is one more entry in
// stores.cpp.
namespace gim::test {

struct store_kind {
    std::string name;
    // An empty store that keeps `history` messages a session.
    std::function<std::unique_ptr<storage::store>(std::size_t history)> make;
};

const std::vector<store_kind>& store_kinds();

// A store with verbs that wait for the answer; a refusal throws.
class tested_store {
public:
    explicit tested_store(std::unique_ptr<storage::store> store) : store_(std::move(store)) {}

    protocol::message_ptr
    append(const protocol::session_id& session, std::string content, std::int64_t now_ms = 1000) {
        storage::message_draft draft{{"ann", "Ann"}, "text", std::move(content)};
        return run_ok(store_->append(session, std::move(draft), now_ms)).message;
    }
    protocol::result<storage::appended> try_append(
        const protocol::session_id& session,
        storage::message_draft draft,
        std::int64_t now_ms = 1000
    ) {
        return run(store_->append(session, std::move(draft), now_ms));
    }
    protocol::result<std::optional<storage::receipt>> find_request(
        const protocol::session_id& session,
        std::string_view sender,
        const storage::request_mark& request
    ) {
        return run(store_->find_request(session, sender, request));
    }
    // Messages with the contents "1", "2", ..., made at 1000, 1010, ...
    void append_many(const protocol::session_id& session, int count) {
        for (int i = 1; i <= count; ++i) {
            append(session, std::to_string(i), 990 + 10 * i);
        }
    }
    protocol::history_reply
    history(const protocol::session_id& session, const protocol::history_query& query = {}) {
        return run_ok(store_->history(session, query));
    }
    protocol::message_ptr last_message(const protocol::session_id& session) {
        return run_ok(store_->last_message(session));
    }

    bool add_member(std::string_view room, std::string_view user) {
        return run_ok(store_->add_member(room, user));
    }
    bool remove_member(std::string_view room, std::string_view user) {
        return run_ok(store_->remove_member(room, user));
    }
    bool is_member(std::string_view room, std::string_view user) {
        return run_ok(store_->is_member(room, user));
    }
    bool create_room(std::string_view room) { return run_ok(store_->create_room(room)); }
    std::optional<std::vector<std::string>> remove_room(std::string_view room) {
        return run_ok(store_->remove_room(room));
    }
    std::optional<storage::room_record> find_room(std::string_view room) {
        return run_ok(store_->find_room(room));
    }
    storage::id_page
    members(std::string_view room, std::string_view after = "", std::size_t limit = 300) {
        return run_ok(store_->members(room, after, limit));
    }
    std::vector<storage::room_record> rooms(std::string_view after = "", std::size_t limit = 300) {
        return run_ok(store_->rooms(after, limit));
    }

    void put_user(std::string id, std::string name) {
        const protocol::user user{std::move(id), std::move(name)};
        run_ok(store_->put_user(user));
    }
    std::optional<protocol::user> find_user(std::string_view id) {
        return run_ok(store_->find_user(id));
    }
    void add_room_of(std::string_view user, std::string_view room, std::int64_t now_ms) {
        run_ok(store_->add_room_of(user, room, now_ms));
    }
    void remove_room_of(std::string_view user, std::string_view room) {
        run_ok(store_->remove_room_of(user, room));
    }
    std::vector<std::pair<std::string, std::int64_t>> rooms_of(std::string_view user) {
        return run_ok(store_->rooms_of(user));
    }
    void
    touch(std::string_view user, const protocol::session_id& session, std::int64_t updated_at) {
        run_ok(store_->touch_private_session(user, session, updated_at));
    }
    std::vector<storage::private_session> private_sessions(
        std::string_view user,
        const std::optional<storage::session_cursor>& after = {},
        std::size_t limit = 300
    ) {
        return run_ok(store_->private_sessions(user, after, limit));
    }

    storage::store_sizes sizes() const { return store_->sizes(); }

private:
    std::unique_ptr<storage::store> store_;
};

inline constexpr std::size_t usual_history = 100;

// Runs the case once for every kind of store, each time with an empty one.
template <class Case>
void for_each_store(std::size_t history, Case&& test) {
    for (const store_kind& kind : store_kinds()) {
        CAPTURE(kind.name);
        tested_store store(kind.make(history));
        test(store);
    }
}
template <class Case>
void for_each_store(Case&& test) {
    for_each_store(usual_history, test);
}

}  // namespace gim::test
