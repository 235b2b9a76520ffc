#include "session/membership.hpp"

namespace gim::session {

model::result<void> require_scope(const node::caller& who, std::string_view room) {
    if (who.rooms.allows(room)) {
        return {};
    }
    return model::forbidden("rooms: your token does not list this room");
}

worker::async_result<void> require_member(
    node::shard& home,
    std::string_view room,
    const node::caller& who,
    std::string_view field
) {
    auto inside = co_await home.store->is_member(room, who.user.id);
    if (!inside) {
        co_return inside.error();
    }
    if (*inside) {
        co_return model::result<void>();
    }
    auto why = co_await why_outside(home, room, field);
    if (why.code == model::status::forbidden && who.stands == node::standing::back_end) {
        co_return model::result<void>();
    }
    co_return why;
}

boost::asio::awaitable<model::error>
why_outside(node::shard& home, std::string_view room, std::string_view field) {
    auto found = co_await home.store->find_room(room);
    if (!found) {
        co_return found.error();
    }
    if (*found) {
        co_return model::forbidden(std::string(field) + ": you are not a member of this room");
    }
    co_return model::not_found(std::string(field) + ": no such room");
}

worker::async_result<void>
require_reader(node::shard& home, const model::session_id& session, const node::caller& who) {
    if (session.type() == model::session_type::room) {
        if (auto in_scope = require_scope(who, session.room_id()); !in_scope) {
            co_return in_scope.error();
        }
        co_return co_await require_member(home, session.room_id(), who, "session_id");
    }
    if (who.stands != node::standing::back_end && !session.has_party(who.user.id)) {
        co_return model::forbidden("session_id: you are not a party of this session");
    }
    co_return model::result<void>();
}

}  // namespace gim::session
