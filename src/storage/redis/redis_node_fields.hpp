#pragma once

#include "redis/reply.hpp"
#include "storage/presence.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gim::storage {

// What Redis keeps of a node, in one hash.

std::span<const std::string_view> node_field_names() noexcept;
// Field and value, one after the other.
std::vector<std::string> node_to_fields(const node_record& node);
// From the values in the order of the names; empty if there is no such node. `wrong` counts those
// that are left out.
std::optional<node_record>
node_from_fields(std::string id, redis::reply_view values, std::size_t& wrong);

}  // namespace gim::storage
