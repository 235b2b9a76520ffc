#include "storage/redis_node_fields.hpp"

#include "protocol/ids.hpp"

#include <array>
#include <utility>

namespace gim::storage {

namespace {

constexpr std::array<std::string_view, 5> names{
    "address",
    "connections",
    "rooms",
    "uptime_ms",
    "draining"};

}  // namespace

std::span<const std::string_view> node_field_names() noexcept {
    return names;
}

std::vector<std::string> node_to_fields(const node_record& node) {
    const std::array<std::string, names.size()> values{
        node.address,
        std::to_string(node.connections),
        std::to_string(node.rooms),
        std::to_string(node.uptime.count()),
        node.is_draining ? "1" : "0"};
    std::vector<std::string> fields;
    for (std::size_t i = 0; i < names.size(); ++i) {
        fields.emplace_back(names[i]);
        fields.push_back(values[i]);
    }
    return fields;
}

std::optional<node_record> node_from_fields(std::string id, redis::reply_view values) {
    if (values[0].is_nil() || !protocol::is_valid_id(id)) {
        return std::nullopt;
    }
    node_record node;
    node.id = std::move(id);
    if (const auto address = values[0].text(); is_node_address(address)) {
        node.address = address;
    }
    node.connections = static_cast<std::uint64_t>(values[1].integer());
    node.rooms = static_cast<std::uint64_t>(values[2].integer());
    node.uptime = std::chrono::milliseconds(values[3].integer());
    node.is_draining = values[4].integer() != 0;
    return node;
}

}  // namespace gim::storage
