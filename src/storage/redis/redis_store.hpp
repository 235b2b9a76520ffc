#pragma once

#include "storage/memory_limits.hpp"
#include "storage/redis/redis_access.hpp"
#include "storage/redis/redis_feed.hpp"
#include "storage/redis/redis_message_ids.hpp"
#include "storage/redis/redis_presence.hpp"
#include "storage/redis/redis_values.hpp"
#include "storage/store.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gim::storage {

struct redis_store_options {
    redis_place place;
    // What other nodes call this process: an id that no other has.
    std::string node = "-";
    // Of these the history of a session, the rooms, and the sessions in a user's list; one more
    // room is refused with 503. Whatever else there may be, Redis limits (maxmemory).
    memory_limits most;
};

// Keeps everything in Redis, which outlives the process and may be shared by many. The layout of
// keys is in redis_keys.hpp, of messages in redis_record.hpp.
//
// Everything is refused with 503 while there is no connection; a command without an answer within
// 0.9 s is refused, too, and it is unknown whether it was done.
//
// Threads: its worker's. Every function may suspend, and goes on on that worker.
class redis_store final : public store {
public:
    redis_store(worker::worker& home, redis_store_options options);
    redis_store(const redis_store&) = delete;
    redis_store& operator=(const redis_store&) = delete;

    // Connects. Until it has, everything is refused.
    void start();
    feed* changes() noexcept override { return &feed_; }
    presence* nodes() noexcept override { return &presence_; }
    void set_limits(const memory_limits& most) noexcept { options_.most = most; }
    // Connected, with all that it was told to watch, and it is known who else is there.
    bool is_ready() const noexcept {
        return access_.is_up() && feed_.is_up() && presence_.is_ready();
    }

    // Of what is in Redis it knows no sizes: all are 0.
    store_sizes sizes() const noexcept override { return {}; }

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

    // --- for its feed: the messages that were put into a user's list, by number
    struct touch_list {
        std::vector<numbered_touch> items;  // by number
        std::uint64_t newest = 0;
        bool is_cut = false;  // some of them are no longer kept
    };
    worker::async_result<std::uint64_t> newest_touch(std::string_view user);
    worker::async_result<touch_list> touches_behind(std::string_view user, std::uint64_t number);

private:
    redis::client& at(std::string_view key) noexcept { return access_.at(key); }
    const redis_keys& keys() const noexcept { return access_.keys(); }
    std::int64_t ttl_ms() const noexcept { return access_.place().ttl.count(); }
    // Makes the room, and the user a member unless it is "". True if that is new.
    worker::async_result<bool>
    enter(std::string_view room, std::string_view user, std::size_t max_members);
    // Whether a user who is known by another name is renamed.
    enum class naming { always, if_unknown };
    // Returns the name by which the user is known then.
    worker::async_result<std::string> name_user(const model::user& user, naming how);

    redis_store_options options_;
    redis_access access_;
    redis_message_ids ids_;
    redis_feed feed_;
    redis_presence presence_;
};

}  // namespace gim::storage
