#pragma once

#include "base/text_map.hpp"
#include "storage/memory/shared_limit.hpp"
#include "storage/memory/sorted_set.hpp"
#include "storage/message_ids.hpp"
#include "storage/snapshot/snapshot_writer.hpp"
#include "storage/store.hpp"

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace gim::storage {

// The messages of the sessions that are at home on one worker.
//
// Problem: anybody may write in more and more sessions, and memory ends. So beyond a number of
// bytes, which all workers share, the sessions that have been silent the longest lose their
// messages, the oldest first, and one that has lost all is forgotten. Sequences and times of
// whatever begins after that, or begins again, go on behind the highest that was forgotten: whoever
// knew an old message never takes a new one for it.
//
// Threads: one worker's.
class conversations {
public:
    // Called with each session that has lost its messages, and the time of its last one.
    using on_forgotten = std::function<void(const model::session_id&, std::int64_t last_ms)>;

    // Each session keeps the newest `messages`; `bytes` counts as bytes_of() does.
    conversations(
        std::size_t messages,
        shared_limit::share bytes,
        message_ids ids,
        on_forgotten forgotten = {}
    );
    conversations(const conversations&) = delete;
    conversations& operator=(const conversations&) = delete;

    // From the next append() to a session on.
    void set_limit(std::size_t messages) noexcept { max_messages_ = messages; }

    // Returns the message as it is stored, and how many others were dropped for the bytes.
    struct appended {
        model::message_ptr message;
        std::size_t dropped = 0;
    };
    appended append(const model::session_id& session, message_draft draft, std::int64_t now_ms);
    // Of the reply, all but the epoch.
    model::history_reply
    history(const model::session_id& session, const model::history_query& query) const;
    model::message_ptr last(const model::session_id& session) const;  // null: there is none
    bool has_messages(const model::session_id& session) const { return last(session) != nullptr; }
    void forget(const model::session_id& session);
    // Drops what other workers need the space of; returns how many messages.
    std::size_t evict();

    // --- a snapshot: all sessions, each with its messages, and what new ones begin behind
    void save(snapshot_writer& to) const;
    // REQUIRES, of what is restored: it has passed snapshot_rules; and settle() is called before
    // anything else is.
    void restore(const snapshot::horizon& r);
    void restore(const snapshot::session& r);
    void restore(const snapshot::message& r);
    // The same for a session that is not wanted any more: others begin behind it.
    void forget(const snapshot::session& r);
    // Orders what was restored; returns how many messages were dropped meanwhile. If it is too much
    // for the limit, evict() follows when all workers are settled.
    std::size_t settle();

    std::size_t bytes() const noexcept { return bytes_; }
    std::size_t messages() const noexcept { return messages_; }
    std::size_t size() const noexcept { return by_silence_.size(); }  // sessions with messages

private:
    using message_set = sorted_set<model::message_ptr>;  // by sequence

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

    conversation& conversation_of(const model::session_id& session);  // made if it is absent
    static std::size_t first_rank_at(const message_set& messages, std::int64_t ms);
    void drop_oldest(conversation& c);
    void add_bytes(std::size_t n) noexcept;
    void remove_bytes(std::size_t n) noexcept;
    static std::size_t bytes_of_session(const conversation& c) noexcept;
    void publish_oldest() noexcept;
    // Drops one message; false if there is none that may be dropped.
    bool drop_quietest(std::size_t& dropped);
    void forget(conversation& c);
    void begin_behind(const progress& other);

    std::size_t max_messages_;
    shared_limit::share limit_;
    message_ids ids_;
    const on_forgotten forgotten_session_;
    base::text_map<conversation> all_;
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
std::size_t bytes_of(const model::message& m) noexcept;
inline constexpr std::size_t bytes_of_conversation = 2048;
// What a private session takes in the list of each of its two users, besides its id. It is in the
// lists as long as it has a message, so it is counted here.
inline constexpr std::size_t bytes_of_list_entry = 256;

}  // namespace gim::storage
