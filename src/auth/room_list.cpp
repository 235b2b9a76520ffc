#include "auth/room_list.hpp"

#include "protocol/ids.hpp"

#include <string>
#include <utility>
#include <vector>

namespace gim::auth {

std::optional<room_scope> read_room_list(const protocol::json_document& from) {
    using protocol::json_kind;
    if (!from.fields.has("rooms")) {
        return room_scope();
    }
    const auto* list = from.fields.find("rooms");
    if (list == nullptr || list->kind != json_kind::array) {
        return std::nullopt;
    }
    std::vector<std::string> rooms;
    for (const auto& [room, fields] : from.elements) {
        if (room.kind != json_kind::string || !protocol::is_valid_id(room.string)) {
            return std::nullopt;
        }
        rooms.emplace_back(room.string);
    }
    return room_scope(std::move(rooms));
}

}  // namespace gim::auth
