#pragma once

#include "base/text_map.hpp"
#include "observe/stats/counters.hpp"
#include "storage/memory/conversations.hpp"
#include "storage/memory/known_users.hpp"
#include "storage/memory/request_memory.hpp"
#include "storage/memory/room_table.hpp"
#include "storage/memory/shared_limit.hpp"
#include "storage/memory/sorted_set.hpp"
#include "storage/memory/text_key.hpp"
#include "storage/memory_limits.hpp"
#include "storage/random_epoch.hpp"
#include "storage/store.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace gim::storage {

struct memory_store_options {
    memory_limits most;
    // The same for all workers of a process, and another in the next process.
    std::string epoch = random_epoch();
    // Told by the ids of messages; from 0.
    unsigned worker = 0;
    // Borrowed; null: nothing is counted.
    stats::counters* count = nullptr;
    // What all workers hold together, each under its number; null: there is only this store.
    std::shared_ptr<shared_limits> together = {};
    // Called with a private session that has lost its messages, and the time of the last one: it is
    // to be removed from the lists of its users, which are at their homes.
    conversations::on_forgotten forgotten_session = {};
    std::function<known_users::clock::time_point()> now = known_users::clock::now;
};

// Keeps everything in the memory of its worker, and loses it with the process, unless a snapshot
// of it is written and read. Its functions never suspend.
class memory_store final : public store {
public:
    explicit memory_store(memory_store_options options);
    memory_store(const memory_store&) = delete;
    memory_store& operator=(const memory_store&) = delete;

    // For what is kept from now on: what is more than that already is evicted when more of its kind
    // comes.
    void set_limits(const memory_limits& most) noexcept;

    // Evicts what is above the limits of all workers, as another worker needs the space. Returns
    // how much it evicted.
    std::size_t evict();
    // Removes a private session from the user's list, unless it has a newer message than that.
    void unlist(std::string_view user, const model::session_id& session, std::int64_t last_ms);

    store_sizes sizes() const noexcept override;

    worker::async_result<appended>
    append(const model::session_id& session, message_draft draft, std::int64_t now_ms) override;
    worker::async_result<std::optional<receipt>> find_request(
        const model::session_id& session,
        std::string_view sender,
        const request_mark& request
    ) override;
    worker::async_result<model::history_reply>
    history(const model::session_id& session, const model::history_query& query) override;
    worker::async_result<model::message_ptr> last_message(const model::session_id& session
    ) override;

    worker::async_result<bool>
    add_member(std::string_view room, std::string_view user, std::size_t max_members = 0) override;
    worker::async_result<bool> remove_member(std::string_view room, std::string_view user) override;
    worker::async_result<bool> is_member(std::string_view room, std::string_view user) override;
    worker::async_result<bool> create_room(std::string_view room) override;
    worker::async_result<std::optional<std::vector<std::string>>> remove_room(std::string_view room
    ) override;
    worker::async_result<std::optional<room_record>> find_room(std::string_view room) override;
    worker::async_result<id_page>
    members(std::string_view room, std::string_view after, std::size_t limit) override;
    worker::async_result<std::vector<room_record>> rooms(std::string_view after, std::size_t limit)
        override;

    worker::async_result<void> put_user(const model::user& user) override;
    worker::async_result<model::user> add_user(const model::user& user) override;
    worker::async_result<std::optional<model::user>> find_user(std::string_view id) override;
    worker::async_result<void> add_room_of(
        std::string_view user,
        std::string_view room,
        std::int64_t now_ms,
        list_options how = {}
    ) override;
    worker::async_result<void> remove_room_of(std::string_view user, std::string_view room)
        override;
    worker::async_result<std::vector<std::pair<std::string, std::int64_t>>> rooms_of(
        std::string_view user
    ) override;
    void on_online(std::string_view user) override;
    void on_offline(std::string_view user) override;
    worker::async_result<void> touch_private_session(
        std::string_view user,
        const model::session_id& session,
        const receipt& last
    ) override;
    worker::async_result<std::optional<std::int64_t>>
    private_session_time(std::string_view user, const model::session_id& session) override;
    worker::async_result<std::vector<private_session>> private_sessions(
        std::string_view user,
        const std::optional<session_cursor>& after,
        std::size_t limit
    ) override;

    std::string_view epoch() const noexcept { return options_.epoch; }

    // --- a snapshot. First the rooms of all stores, then the rest of all.
    void save_rooms(snapshot_writer& to) const;
    void save_rest(snapshot_writer& to) const;
    // Keeps what may be kept. REQUIRES: the records have passed snapshot_rules, and are those that
    // are at home here, `horizon` apart, which is everybody's; what no store knows is not for it.
    void restore(const snapshot::record& r);
    // Before anything else is done, when all was restored. Then evict(), until no store has
    // anything to evict, and keep_listed().
    void settle();
    // Removes the private sessions without a message from all lists.
    void keep_listed(const std::function<bool(const model::session_id&)>& has_messages);
    bool has_messages(const model::session_id& session) const {
        return conversations_.has_messages(session);
    }
    bool has_member(std::string_view room, std::string_view user) const {
        return rooms_.is_member(room, user);
    }
    void drop_member(std::string_view room, std::string_view user) {
        rooms_.remove_member(room, user);
    }
    bool has_user(std::string_view user) const { return users_.is_known(user); }

private:
    struct private_list {
        std::unordered_map<model::session_id, std::int64_t> updated_at;
        sorted_set<const model::session_id*, text_less> by_time;  // keys of updated_at
    };

    static memory_store_options complete(memory_store_options options);
    void count(stats::event what, std::uint64_t times);
    model::result<std::optional<receipt>> answered_before(
        const model::session_id& session,
        std::string_view sender,
        const request_mark& request
    );
    void remember(
        const model::session_id& session,
        std::string_view sender,
        const request_mark& request,
        const receipt& answer
    );
    model::result<appended>
    add(const model::session_id& session, message_draft draft, std::int64_t now_ms);
    void unlist(private_list& list, const model::session_id& session);
    void release_if_unlisted(std::string_view user);
    void touch(std::string_view user, const model::session_id& session, std::int64_t updated_at);

    bool admit(std::string_view user);
    void take(const snapshot::user& r);
    void take(const snapshot::joined& r);
    void take(const snapshot::listed& r);
    void take(const snapshot::session& r);

    memory_store_options options_;
    conversations conversations_;
    request_memory requests_;
    room_table rooms_;
    known_users users_;
    base::text_map<std::map<std::string, std::int64_t, std::less<>>> rooms_of_;  // by user
    base::text_map<private_list> private_lists_;                                 // by user
};

}  // namespace gim::storage
