#pragma once

#include "model/ids.hpp"
#include "model/message.hpp"
#include "storage/redis/redis_keys.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gim::storage {

// What nodes tell each other over channels, each a line of words with one space between.
//
// In the channel of a room:
//
//     RECORD                                  a message
//     dismissed                               the room is gone, and its messages
//
// In the channel of a user:
//
//     message SESSION NODE CONNECTION TITLE_BYTES TITLE RECORD
//                                             a private message, but not for that connection
//     touch NUMBER SESSION SEQUENCE           the same message is in the user's list
//     member ROOM                             the user has become a member, or is none any more
//     disconnect NODE                         a back end wants the user's connections closed: that
//                                             node has closed its own

inline constexpr std::string_view told_dismissed = "dismissed";
inline constexpr std::string_view told_touch = "touch ";
inline std::string told_membership(std::string_view room) {
    return std::string("member ").append(room);
}
inline std::string told_disconnect(std::string_view node) {
    return std::string("disconnect ").append(node);
}

// Adds channels and what comes before the message there, for those whom a private message is for:
// the receiver and, with other devices, the sender.
// `node`: this one.
void tell_parties(
    const redis_keys& keys,
    std::string_view node,
    const model::session_id& session,
    const model::user& sender,
    const private_delivery& to_whom,
    std::vector<std::string>& to
);

struct told_message {
    std::string_view session;
    std::string_view node;  // that of the sender
    std::uint64_t connection = 0;
    std::string_view title;
    std::string_view record;
};
struct told_touched {
    std::uint64_t number = 0;
    std::string_view session;
    std::uint64_t sequence = 0;
};
// Each empty if the line is another one, or none at all. Views into the line.
std::optional<told_message> parse_told_message(std::string_view line);
std::optional<told_touched> parse_told_touch(std::string_view line);
std::optional<std::string_view> parse_told_membership(std::string_view line);
std::optional<std::string_view> parse_told_disconnect(std::string_view line);

}  // namespace gim::storage
