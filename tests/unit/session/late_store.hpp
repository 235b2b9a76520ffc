#pragma once

#include "storage/store.hpp"
#include "worker/worker.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gim::test {

// A store that appends in another turn than it was asked in, as one across a network does, and
// where every copy of a request has asked for the others before any of them was appended. The rest
// is the store's behind it.
class late_store : public storage::store {
    template <class T>
    using async_result = worker::async_result<T>;
    using session_id = model::session_id;

public:
    // `on` is borrowed: the worker of this store.
    late_store(worker::worker& on, std::unique_ptr<storage::store> behind)
        : on_(on), behind_(std::move(behind)) {}

    async_result<std::optional<storage::receipt>>
    find_request(const session_id&, std::string_view, const storage::request_mark&) override {
        co_await worker::next_turn(on_);
        co_return std::nullopt;
    }
    async_result<storage::appended>
    append(const session_id& session, storage::message_draft draft, std::int64_t now_ms) override {
        co_await worker::next_turn(on_);
        co_return co_await behind_->append(session, std::move(draft), now_ms);
    }

    storage::store_sizes sizes() const noexcept override { return behind_->sizes(); }
    async_result<model::history_reply>
    history(const session_id& session, const model::history_query& query) override {
        return behind_->history(session, query);
    }
    async_result<model::message_ptr> last_message(const session_id& session) override {
        return behind_->last_message(session);
    }
    async_result<bool>
    add_member(std::string_view room, std::string_view user, std::size_t max_members) override {
        return behind_->add_member(room, user, max_members);
    }
    async_result<bool> remove_member(std::string_view room, std::string_view user) override {
        return behind_->remove_member(room, user);
    }
    async_result<bool> is_member(std::string_view room, std::string_view user) override {
        return behind_->is_member(room, user);
    }
    async_result<bool> create_room(std::string_view room) override {
        return behind_->create_room(room);
    }
    async_result<std::optional<std::vector<std::string>>> remove_room(std::string_view room
    ) override {
        return behind_->remove_room(room);
    }
    async_result<std::optional<storage::room_record>> find_room(std::string_view room) override {
        return behind_->find_room(room);
    }
    async_result<storage::id_page>
    members(std::string_view room, std::string_view after, std::size_t limit) override {
        return behind_->members(room, after, limit);
    }
    async_result<std::vector<storage::room_record>> rooms(std::string_view after, std::size_t limit)
        override {
        return behind_->rooms(after, limit);
    }
    async_result<void> put_user(const model::user& user) override {
        return behind_->put_user(user);
    }
    async_result<model::user> add_user(const model::user& user) override {
        return behind_->add_user(user);
    }
    async_result<std::optional<model::user>> find_user(std::string_view id) override {
        return behind_->find_user(id);
    }
    async_result<void> add_room_of(
        std::string_view user,
        std::string_view room,
        std::int64_t now_ms,
        storage::list_options how
    ) override {
        return behind_->add_room_of(user, room, now_ms, how);
    }
    async_result<void> remove_room_of(std::string_view user, std::string_view room) override {
        return behind_->remove_room_of(user, room);
    }
    async_result<std::vector<std::pair<std::string, std::int64_t>>> rooms_of(std::string_view user
    ) override {
        return behind_->rooms_of(user);
    }
    async_result<void> touch_private_session(
        std::string_view user,
        const session_id& session,
        const storage::receipt& last
    ) override {
        return behind_->touch_private_session(user, session, last);
    }
    async_result<std::optional<std::int64_t>>
    private_session_time(std::string_view user, const session_id& session) override {
        return behind_->private_session_time(user, session);
    }
    async_result<std::vector<storage::private_session>> private_sessions(
        std::string_view user,
        const std::optional<storage::session_cursor>& after,
        std::size_t limit
    ) override {
        return behind_->private_sessions(user, after, limit);
    }

private:
    worker::worker& on_;
    std::unique_ptr<storage::store> behind_;
};

}  // namespace gim::test
