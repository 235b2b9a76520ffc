#pragma once

#include "tools/client/dialect.hpp"
#include "tools/load/delivery_check.hpp"
#include "tools/load/load_options.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gim::load {

// One client of a plan, and what it is in its channel.
struct participant {
    client::identity who;
    std::optional<std::size_t> sender;    // its number among all senders
    std::optional<std::size_t> receiver;  // its number among all receivers
    bool stops_reading = false;
};

// Where a sender's messages go: to a room, or to a user.
struct destination {
    std::string room;  // empty: to the user
    std::size_t user = 0;
};

// Who talks to whom: what fanout, rooms, private and slow differ in.
struct plan {
    std::vector<delivery_check::channel> channels;
    std::vector<participant> participants;
    // By the sender's number.
    std::vector<destination> destinations;
    std::vector<std::size_t> participant_of_sender;
};

enum class hearing { own_messages, only_others };

// `room_suffix` keeps rooms of one run apart from those of others on the same server. Throws
// std::runtime_error if there are more senders than a marker can tell apart.
plan make_plan(const load_options& options, hearing hears, const std::string& room_suffix);

}  // namespace gim::load
