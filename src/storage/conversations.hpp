#pragma once

#include "protocol/text_map.hpp"
#include "storage/message_ids.hpp"
#include "storage/snapshot_writer.hpp"
#include "storage/sorted_set.hpp"
#include "storage/store.hpp"

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace gim::storage {

struct conversation_limits {
    // The newest messages that a session keeps.
    std::size_t messages = 0;
    // What the messages of all sessions may take, as bytes_of() counts; 0: no limit.
    std::size_t bytes = 0;
};

// The messages of the sessions that are at home on one worker.
//
// Problem: anybody may write in more and more sessions, and memory ends. So beyond a number of
// bytes, the sessions that have been silent the longest lose their messages, the oldest first, and
// one that has lost all is forgotten. Sequences and times of whatever begins after that, or begins
// again, go on behind the highest that was forgotten: whoever knew an old message never takes a new
// one for it.
//
// Threads: one worker's.
class conversations {
public:
    conversations(conversation_limits most, message_ids ids);
    conversations(const conversations&) = delete;
    conversations& operator=(const conversations&) = delete;

    // From the next append() to a session on.
    void set_limits(conversation_limits most) noexcept { most_ = most; }

    // Returns the message as it is stored, and how many others were dropped for the bytes.
    struct appended {
        protocol::message_ptr message;
        std::size_t dropped = 0;
    };
    appended append(const protocol::session_id& session, message_draft draft, std::int64_t now_ms);
    // Of the reply, all but the epoch.
    protocol::history_reply
    history(const protocol::session_id& session, const protocol::history_query& query) const;
    protocol::message_ptr last(const protocol::session_id& session) const;  // null: there is none
    void forget(const protocol::session_id& session);

    // --- a snapshot: all sessions, each with its messages, and what new ones begin behind
    void save(snapshot_writer& to) const;
    // REQUIRES, of what is restored: it has passed snapshot_rules; and settle() is called before
    // anything else is.
    void restore(const snapshot::horizon& r);
    void restore(const snapshot::session& r);
    void restore(const snapshot::message& r);
    // The same for a session that is not wanted any more: others begin behind it.
    void forget(const snapshot::session& r);
    // Keeps of what was restored what there is space for; returns how many were dropped for it.
    std::size_t settle();

    std::size_t bytes() const noexcept { return bytes_; }
    std::size_t messages() const noexcept { return messages_; }
    std::size_t size() const noexcept { return by_silence_.size(); }  // sessions with messages

private:
    using message_set = sorted_set<protocol::message_ptr>;  // by sequence

    // What a session has come to. It outlives the messages that were trimmed.
    struct progress {
        std::uint64_t sequence = 0;
        std::int64_t time = 0;
    };
    struct conversation {
        const std::string* id = nullptr;  // its key
        message_set messages;
        progress top;
        boost::intrusive::list_member_hook<> by_silence;
    };

    conversation& conversation_of(const protocol::session_id& session);  // made if it is absent
    static std::size_t first_rank_at(const message_set& messages, std::int64_t ms);
    void drop_oldest(conversation& c);
    // Drops no more than `most` messages; returns how many.
    std::size_t make_space(std::size_t most);
    void forget(conversation& c);
    void begin_behind(const progress& other);

    conversation_limits most_;
    message_ids ids_;
    protocol::text_map<conversation> all_;
    // Those with messages; whose last one is the oldest comes first.
    boost::intrusive::list<
        conversation,
        boost::intrusive::member_hook<
            conversation,
            boost::intrusive::list_member_hook<>,
            &conversation::by_silence>>
        by_silence_;
    progress forgotten_;  // the furthest that a forgotten one had come
    std::size_t bytes_ = 0;
    std::size_t messages_ = 0;

    conversation* restored_ = nullptr;  // the session whose messages come
    std::size_t dropped_ = 0;           // of what was restored
};

// What a stored message takes, and a session that has any: about right, and a bit too much.
std::size_t bytes_of(const protocol::message& m) noexcept;
inline constexpr std::size_t bytes_of_conversation = 2048;

}  // namespace gim::storage
