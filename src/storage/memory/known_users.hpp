#pragma once

#include "base/text_map.hpp"
#include "model/error.hpp"
#include "model/message.hpp"
#include "storage/memory/shared_limit.hpp"
#include "storage/snapshot/snapshot_writer.hpp"

#include <boost/intrusive/list.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace gim::storage {

// The users who are at home on one worker.
//
// Problem: a game with guest ids has new users every day, and no id says that it never comes back.
// So users who are idle, that is offline, in no room and in no private session with a message, are
// forgotten after a time; and earlier, the one idle for longest first, if there are as many users
// as the workers may have together.
//
// Threads: one worker's. Sans-io: time is passed in.
class known_users {
public:
    using clock = std::chrono::steady_clock;

    // Why a user is not idle.
    enum class reason { online, listed };

    // `forgotten` is called when a user was forgotten. `silence`: idle users are forgotten after
    // it; 0: only for others.
    known_users(
        shared_limit::share limit,
        clock::duration silence,
        std::function<void()> forgotten
    );
    known_users(const known_users&) = delete;
    known_users& operator=(const known_users&) = delete;

    void set_silence(clock::duration silence) noexcept { silence_ = silence; }

    // Adds or renames a user. 503: there are as many as there may be, and none of them is idle.
    model::result<void> put(const model::user& user, clock::time_point now);
    std::optional<model::user> find(std::string_view id, clock::time_point now) const;
    // The user, who is added if absent, is not idle as long as one of the reasons holds.
    void keep(std::string_view id, reason why);
    void release(std::string_view id, reason why, clock::time_point now);

    // Forgets users who have been idle for the time of silence, some at each call.
    void forget_silent(clock::time_point now);
    // Forgets idle users, as other workers need their places.
    void evict();

    std::size_t size() const noexcept { return users_.size(); }
    std::size_t idle() const noexcept { return idle_.size(); }

    // --- a snapshot
    void save(snapshot_writer& to) const;
    // Nothing is done where there is no space.
    void restore(const snapshot::user& r, clock::time_point now);
    bool is_known(std::string_view id) const { return users_.contains(id); }

private:
    struct record {
        const std::string* id = nullptr;  // its key
        std::string name;
        std::array<bool, 2> reasons{};  // by reason
        clock::time_point idle_since;
        boost::intrusive::list_member_hook<> idle;

        bool is_kept() const noexcept { return reasons[0] || reasons[1]; }
    };

    record& add(std::string_view id, std::string_view name);
    void publish_oldest() noexcept;
    bool forget_oldest();
    bool is_silent(const record& r, clock::time_point now) const noexcept;

    shared_limit::share limit_;
    clock::duration silence_;
    const std::function<void()> forgotten_;
    base::text_map<record> users_;
    boost::intrusive::
        list<record, boost::intrusive::member_hook<record, decltype(record::idle), &record::idle>>
            idle_;  // the one that is idle for longest comes first
};

}  // namespace gim::storage
