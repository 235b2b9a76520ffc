#pragma once

#include "redis/reply.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gim::redis {

// How the servers of a Redis Cluster share the keys among them ("Redis cluster specification").

inline constexpr std::size_t slot_count = 16'384;

// The slot of a key or a sharded channel: of what stands in its first braces, if anything does.
std::uint16_t slot_of(std::string_view key) noexcept;

// Who has the slots from `first` to `last`.
struct slot_range {
    std::uint16_t first = 0;
    std::uint16_t last = 0;
    std::string host;  // empty: that of the server which says so
    std::uint16_t port = 0;
};

// Of the reply to CLUSTER SLOTS, without what makes no sense.
std::vector<slot_range> parse_slots(reply_view reply);

// An error that names the server which is to be asked instead.
struct redirection {
    bool is_asking = false;  // for this one command only, behind ASKING
    std::uint16_t slot = 0;
    std::string_view host;  // as above
    std::uint16_t port = 0;
};

// "MOVED SLOT HOST:PORT" or "ASK SLOT HOST:PORT"; empty: another error. Views into it.
std::optional<redirection> parse_redirection(std::string_view error);

}  // namespace gim::redis
