#include "storage/redis/redis_node_fields.hpp"

#include "model/ids.hpp"
#include "storage/redis/redis_values.hpp"

#include <array>
#include <utility>

namespace gim::storage {

namespace {

constexpr std::array<std::string_view, 5> names{
    "address",
    "connections",
    "rooms",
    "started_at",
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
        std::to_string(node.started_at),
        node.is_draining ? "1" : "0"};
    std::vector<std::string> fields;
    for (std::size_t i = 0; i < names.size(); ++i) {
        fields.emplace_back(names[i]);
        fields.push_back(values[i]);
    }
    return fields;
}

std::optional<node_record>
node_from_fields(std::string id, redis::reply_view values, std::size_t& wrong) {
    if (values[0].is_nil() || !model::is_valid_id(id)) {
        return std::nullopt;
    }
    node_record node;
    node.id = std::move(id);
    const auto address = values[0].text();
    if (is_node_address(address)) {
        node.address = address;
    } else if (!address.empty()) {
        ++wrong;
    }
    node.connections = read_count(values[1], wrong);
    node.rooms = read_count(values[2], wrong);
    node.started_at = static_cast<std::int64_t>(read_count(values[3], wrong));
    node.is_draining = read_count(values[4], wrong) != 0;
    return node;
}

}  // namespace gim::storage
