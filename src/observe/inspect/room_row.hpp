#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace gim::inspect {

// All that is told of a room in which somebody is connected, or of which something waits. What is
// counted is so since that began.
struct room_row {
    std::string id;
    std::size_t worker = 0;         // its home
    std::uint64_t members = 0;      // connected or not
    std::uint64_t connections = 0;  // that get its messages
    double rate = 0;                // messages a second, over the last ten seconds
    std::uint64_t messages = 0;
    std::uint64_t pending = 0;      // messages that wait for the next push
    std::uint64_t skipped = 0;      // messages that no member was pushed
    std::uint64_t passed_over = 0;  // packets that a connection did not get, since it was behind
    std::uint64_t sequence = 0;     // of the last message in the history
};

}  // namespace gim::inspect
