#pragma once

#include "base/text_map.hpp"
#include "storage/presence.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace gim::session {

// How a client's node is chosen.
enum class route_by { least, random, loop, hash };

// Empty for any other word.
std::optional<route_by> parse_route_by(std::string_view word);

// Rendezvous hashing by the nodes' addresses: when a node comes or goes, only those users move who
// are sent to it, or were. REQUIRES: there are some.
const storage::node_record&
choose_by_hash(std::string_view user, std::span<const storage::node_record> nodes);

// The node with the fewest connections, of those it is told and those that it sent there since.
//
// Problem: how many connections a node has is known a moment later; until then everybody would be
// sent to the same one.
class least_loaded {
public:
    // `version` is that of the numbers. REQUIRES: there are some nodes.
    const storage::node_record&
    choose(std::span<const storage::node_record> nodes, std::uint64_t version);

private:
    std::uint64_t version_ = 0;
    base::text_map<std::uint64_t> sent_;  // by id
};

}  // namespace gim::session
