#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <variant>

// The format of a snapshot: all that the stores of a process and its memory of requests hold, as
// bytes.
//
//   snapshot  "gim-snap", version u32, block...
//   block     length u32, number u32, CRC-32 u32, payload
//   payload   record...
//   record    tag u8, fields
//
// Numbers are little-endian; a text is its length in bytes as u32, then the bytes. The blocks are
// numbered from 0; the checksum is that of length, number and payload. `length` is that of the
// payload, 1 MiB at most. No record lies in two blocks. Which records there are and what fields
// they have is below: fields() says the order. First comes `beginning`, then all rooms, each with
// its members behind it, then the rest in any order, each session with its messages behind it, the
// oldest first; last comes `ending`, and behind it nothing.
//
// Whatever changes here is another version: a reader knows its own only.
namespace gim::storage::snapshot {

inline constexpr std::string_view magic = "gim-snap";
inline constexpr std::uint32_t version = 1;
inline constexpr std::size_t head_bytes = magic.size() + 4;
inline constexpr std::size_t block_head_bytes = 12;
inline constexpr std::size_t most_payload_bytes = 1024 * 1024;

// The texts of a record that was read live until the next one is.

struct beginning {
    static constexpr std::uint8_t tag = 1;
    std::string_view epoch;
    std::int64_t written_at = 0;  // ms since 1970
    static auto fields(auto& r) { return std::tie(r.epoch, r.written_at); }
};

enum class occupancy : std::uint8_t {
    kept = 0,  // somebody is in it, or a back end made it and nobody has joined yet
    left = 1   // everybody has left; of these the one that was left first comes first
};

struct room {
    static constexpr std::uint8_t tag = 2;
    std::string_view id;
    occupancy state = occupancy::kept;
    static auto fields(auto& r) { return std::tie(r.id, r.state); }
};

// Of the last room.
struct member {
    static constexpr std::uint8_t tag = 3;
    std::string_view user;
    static auto fields(auto& r) { return std::tie(r.user); }
};

struct user {
    static constexpr std::uint8_t tag = 4;
    std::string_view id;
    std::string_view name;
    static auto fields(auto& r) { return std::tie(r.id, r.name); }
};

// A room in a user's list.
struct joined {
    static constexpr std::uint8_t tag = 5;
    std::string_view user;
    std::string_view room;
    std::int64_t at = 0;  // ms since 1970
    static auto fields(auto& r) { return std::tie(r.user, r.room, r.at); }
};

// A private session in a user's list.
struct listed {
    static constexpr std::uint8_t tag = 6;
    std::string_view user;
    std::string_view session;
    std::int64_t updated_at = 0;  // ms since 1970
    static auto fields(auto& r) { return std::tie(r.user, r.session, r.updated_at); }
};

// Behind what new sessions and new ids of messages begin. One for each worker of the writer; each
// counts for all workers of the reader.
struct horizon {
    static constexpr std::uint8_t tag = 7;
    std::uint64_t sequence = 0;
    std::int64_t time = 0;     // ms since 1970
    std::int64_t last_id = 0;  // the millisecond of the last id
    static auto fields(auto& r) { return std::tie(r.sequence, r.time, r.last_id); }
};

// Of the sessions of one worker, the one that was silent the longest comes first.
struct session {
    static constexpr std::uint8_t tag = 8;
    std::string_view id;
    std::uint64_t sequence = 0;  // of its last message, also if that was dropped
    std::int64_t time = 0;       // the same
    static auto fields(auto& r) { return std::tie(r.id, r.sequence, r.time); }
};

// Of the last session.
struct message {
    static constexpr std::uint8_t tag = 9;
    std::uint64_t sequence = 0;
    std::int64_t created_at = 0;
    std::uint32_t status = 0;
    std::string_view id;
    std::string_view sender;
    std::string_view sender_name;
    std::string_view category;
    std::string_view content;
    static auto fields(auto& r) {
        return std::tie(
            r.sequence, r.created_at, r.status, r.id, r.sender, r.sender_name, r.category, r.content
        );
    }
};

// What was answered to a send with a request_id. Of one worker, the oldest comes first.
struct request {
    static constexpr std::uint8_t tag = 10;
    std::string_view sender;
    std::string_view session;
    std::string_view request_id;
    std::uint64_t content_hash = 0;
    std::string_view message_id;
    std::uint64_t sequence = 0;
    std::int64_t created_at = 0;
    std::uint64_t left_ms = 0;  // how long it is still remembered, from when this was written
    static auto fields(auto& r) {
        return std::tie(
            r.sender,
            r.session,
            r.request_id,
            r.content_hash,
            r.message_id,
            r.sequence,
            r.created_at,
            r.left_ms
        );
    }
};

struct ending {
    static constexpr std::uint8_t tag = 11;
    std::uint64_t records = 0;  // before this one
    static auto fields(auto& r) { return std::tie(r.records); }
};

using record = std::variant<
    beginning,
    room,
    member,
    user,
    joined,
    listed,
    horizon,
    session,
    message,
    request,
    ending>;

// How much a snapshot holds.
struct totals {
    std::array<std::uint64_t, ending::tag + 1> by_tag{};
    std::uint64_t bytes = 0;

    template <class Record>
    std::uint64_t of() const noexcept {
        return by_tag[Record::tag];
    }
};

}  // namespace gim::storage::snapshot
