#pragma once

#include "storage/store.hpp"
#include "support/on_worker.hpp"
#include "support/run.hpp"
#include "worker/worker_pool.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

// What every store must do. The cases are in *_conformance.cpp; a new store is one more entry in
// stores.cpp.
namespace gim::test {

struct store_kind {
    std::string name;
    // An empty store that keeps `history` messages a session, for use on that worker.
    std::function<std::unique_ptr<storage::store>(worker::worker& home, std::size_t history)> make;
};

const std::vector<store_kind>& store_kinds();

// A store with verbs that wait for the answer; a refusal throws.
class tested_store {
    worker::worker& home() { return workers_.at(0); }

    template <class Make>
    auto ok(Make make) {
        return unwrap(run_on(home(), make));
    }

public:
    tested_store(const store_kind& kind, std::size_t history) {
        workers_.start();
        store_ = call_on(home(), [&] { return kind.make(home(), history); });
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (!run_on(home(), [&] { return store_->find_user("nobody"); })) {
            if (std::chrono::steady_clock::now() > deadline) {
                throw std::runtime_error("the store " + kind.name + " cannot be reached");
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
    // The threads end before what they work on.
    ~tested_store() { workers_.stop(); }
    tested_store(const tested_store&) = delete;
    tested_store& operator=(const tested_store&) = delete;

    model::message_ptr
    append(const model::session_id& session, std::string content, std::int64_t now_ms = 1000) {
        storage::message_draft draft{{"ann", "Ann"}, "text", std::move(content)};
        return ok([&] { return store_->append(session, std::move(draft), now_ms); }).message;
    }
    model::result<storage::appended> try_append(
        const model::session_id& session,
        storage::message_draft draft,
        std::int64_t now_ms = 1000
    ) {
        return run_on(home(), [&] { return store_->append(session, std::move(draft), now_ms); });
    }
    model::result<std::optional<storage::receipt>> find_request(
        const model::session_id& session,
        std::string_view sender,
        const storage::request_mark& request
    ) {
        return run_on(home(), [&] { return store_->find_request(session, sender, request); });
    }
    // Messages with the contents "1", "2", ..., made at 1000, 1010, ...
    void append_many(const model::session_id& session, int count) {
        for (int i = 1; i <= count; ++i) {
            append(session, std::to_string(i), 990 + 10 * i);
        }
    }
    model::history_reply
    history(const model::session_id& session, const model::history_query& query = {}) {
        return ok([&] { return store_->history(session, query); });
    }
    model::message_ptr last_message(const model::session_id& session) {
        return ok([&] { return store_->last_message(session); });
    }

    bool add_member(std::string_view room, std::string_view user) {
        return ok([&] { return store_->add_member(room, user); });
    }
    model::result<bool>
    try_add_member(std::string_view room, std::string_view user, std::size_t max_members) {
        return run_on(home(), [&] { return store_->add_member(room, user, max_members); });
    }
    // How many of so many users who join at the same time become members.
    std::size_t add_at_once(std::string_view room, std::size_t users, std::size_t max_members) {
        std::vector<std::string> ids;
        for (std::size_t i = 0; i < users; ++i) {
            ids.push_back("user" + std::to_string(i));
        }
        std::vector<std::future<model::result<bool>>> joins;
        for (const auto& id : ids) {
            joins.push_back(start_on(home(), [this, room, &id, max_members] {
                return store_->add_member(room, id, max_members);
            }));
        }
        std::size_t added = 0;
        for (auto& join : joins) {
            added += wait_for(std::move(join)).has_value() ? 1U : 0U;
        }
        return added;
    }
    bool remove_member(std::string_view room, std::string_view user) {
        return ok([&] { return store_->remove_member(room, user); });
    }
    bool is_member(std::string_view room, std::string_view user) {
        return ok([&] { return store_->is_member(room, user); });
    }
    bool create_room(std::string_view room) {
        return ok([&] { return store_->create_room(room); });
    }
    std::optional<std::vector<std::string>> remove_room(std::string_view room) {
        return ok([&] { return store_->remove_room(room); });
    }
    std::optional<storage::room_record> find_room(std::string_view room) {
        return ok([&] { return store_->find_room(room); });
    }
    storage::id_page
    members(std::string_view room, std::string_view after = "", std::size_t limit = 300) {
        return ok([&] { return store_->members(room, after, limit); });
    }
    std::vector<storage::room_record> rooms(std::string_view after = "", std::size_t limit = 300) {
        return ok([&] { return store_->rooms(after, limit); });
    }

    void put_user(std::string id, std::string name) {
        const model::user user{std::move(id), std::move(name)};
        ok([&] { return store_->put_user(user); });
    }
    // What each of those who are added at the same time is known as.
    std::vector<model::user> add_users_at_once(const std::vector<model::user>& users) {
        std::vector<std::future<model::result<model::user>>> all;
        for (const auto& user : users) {
            all.push_back(start_on(home(), [this, &user] { return store_->add_user(user); }));
        }
        std::vector<model::user> known;
        for (auto& one : all) {
            known.push_back(unwrap(wait_for(std::move(one))));
        }
        return known;
    }
    std::optional<model::user> find_user(std::string_view id) {
        return ok([&] { return store_->find_user(id); });
    }
    void add_room_of(std::string_view user, std::string_view room, std::int64_t now_ms) {
        ok([&] { return store_->add_room_of(user, room, now_ms); });
    }
    model::result<void>
    try_add_room_of(std::string_view user, std::string_view room, std::size_t max_rooms) {
        const storage::list_options how{max_rooms};
        return run_on(home(), [&] { return store_->add_room_of(user, room, 1000, how); });
    }
    // How many of so many rooms that are listed at the same time get into the user's list.
    std::size_t list_at_once(std::string_view user, std::size_t rooms, std::size_t max_rooms) {
        const storage::list_options how{max_rooms};
        std::vector<std::string> ids;
        for (std::size_t i = 0; i < rooms; ++i) {
            ids.push_back("room" + std::to_string(i));
        }
        std::vector<std::future<model::result<void>>> all;
        for (const auto& id : ids) {
            all.push_back(start_on(home(), [this, user, &id, how] {
                return store_->add_room_of(user, id, 1000, how);
            }));
        }
        std::size_t listed = 0;
        for (auto& one : all) {
            listed += wait_for(std::move(one)).has_value() ? 1U : 0U;
        }
        return listed;
    }
    void remove_room_of(std::string_view user, std::string_view room) {
        ok([&] { return store_->remove_room_of(user, room); });
    }
    std::vector<std::pair<std::string, std::int64_t>> rooms_of(std::string_view user) {
        return ok([&] { return store_->rooms_of(user); });
    }
    void touch(std::string_view user, const model::session_id& session, std::int64_t updated_at) {
        const storage::receipt last{"m", 1, updated_at};
        ok([&] { return store_->touch_private_session(user, session, last); });
    }
    std::optional<std::int64_t>
    private_session_time(std::string_view user, const model::session_id& session) {
        return ok([&] { return store_->private_session_time(user, session); });
    }
    std::vector<storage::private_session> private_sessions(
        std::string_view user,
        const std::optional<storage::session_cursor>& after = {},
        std::size_t limit = 300
    ) {
        return ok([&] { return store_->private_sessions(user, after, limit); });
    }

    storage::store_sizes sizes() const { return store_->sizes(); }

private:
    worker::worker_pool workers_{1};
    std::unique_ptr<storage::store> store_;
};

inline constexpr std::size_t usual_history = 100;

// Runs the case once for every kind of store, each time with an empty one.
template <class Case>
void for_each_store(std::size_t history, Case&& test) {
    for (const store_kind& kind : store_kinds()) {
        CAPTURE(kind.name);
        tested_store store(kind, history);
        test(store);
    }
}
template <class Case>
void for_each_store(Case&& test) {
    for_each_store(usual_history, test);
}

}  // namespace gim::test
