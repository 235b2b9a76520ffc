#include "session/membership.hpp"

namespace gim::session {

protocol::result<void> require_scope(const caller& who, std::string_view room) {
    if (who.rooms.allows(room)) {
        return {};
    }
    return protocol::forbidden("rooms: your token does not list this room");
}

storage::async_result<void>
require_member(shard& home, std::string_view room, const caller& who, std::string_view field) {
    auto inside = co_await home.store->is_member(room, who.user.id);
    if (!inside) {
        co_return inside.error();
    }
    if (*inside) {
        co_return protocol::result<void>();
    }
    auto why = co_await why_outside(home, room, field);
    if (why.code == protocol::status::forbidden && who.stands == standing::back_end) {
        co_return protocol::result<void>();
    }
    co_return why;
}

boost::asio::awaitable<protocol::error>
why_outside(shard& home, std::string_view room, std::string_view field) {
    auto found = co_await home.store->find_room(room);
    if (!found) {
        co_return found.error();
    }
    if (*found) {
        co_return protocol::forbidden(std::string(field) + ": you are not a member of this room");
    }
    co_return protocol::not_found(std::string(field) + ": no such room");
}

storage::async_result<void>
require_reader(shard& home, const protocol::session_id& session, const caller& who) {
    if (session.type() == protocol::session_type::room) {
        if (auto in_scope = require_scope(who, session.room_id()); !in_scope) {
            co_return in_scope.error();
        }
        co_return co_await require_member(home, session.room_id(), who, "session_id");
    }
    if (who.stands != standing::back_end && !session.has_party(who.user.id)) {
        co_return protocol::forbidden("session_id: you are not a party of this session");
    }
    co_return protocol::result<void>();
}

}  // namespace gim::session
