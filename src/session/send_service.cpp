#include "session/send_service.hpp"

#include "session/membership.hpp"

namespace gim::session {

using protocol::message_ptr;
using protocol::send_reply;
using protocol::send_request;
using protocol::session_id;
using protocol::session_type;
using storage::async_result;

namespace {

storage::message_draft draft_of(const caller& who, const send_request& request) {
    return {who.user, request.category, request.content};
}

session_id session_of(const caller& who, const send_request& request) {
    return request.type == session_type::room ? session_id::room(request.target_id)
                                              : session_id::between(who.user.id, request.target_id);
}

}  // namespace

async_result<send_reply> send_service::send(const caller& who, const send_request& request) {
    auto sending = request.type == session_type::room ? send_to_room(who, request)
                                                      : send_to_user(who, request);
    auto sent = co_await worker::and_return(all_.here().thread, std::move(sending));
    if (!sent) {
        co_return sent.error();
    }
    const auto& m = **sent;
    co_return send_reply{m.id, session_of(who, request), m.sequence, m.created_at};
}

async_result<message_ptr>
send_service::send_to_room(const caller& who, const send_request& request) {
    if (auto in_scope = require_scope(who, request.target_id); !in_scope) {
        co_return in_scope.error();
    }
    const auto session = session_of(who, request);
    auto& home = all_.home_of(session);
    co_await worker::hop(home.thread);
    auto allowed = co_await require_member(home, request.target_id, who, "target_id");
    if (!allowed) {
        co_return allowed.error();
    }
    auto draft = draft_of(who, request);
    auto stored = co_await home.store->append(session, std::move(draft), all_.now_ms());
    if (stored) {
        home.rooms.add(session, *stored);
    }
    co_return stored;
}

async_result<message_ptr>
send_service::send_to_user(const caller& who, const send_request& request) {
    const auto session = session_of(who, request);
    auto& home = all_.home_of(session);
    auto& receiver_home = all_.home_of_user(request.target_id);
    auto& sender_home = all_.home_of_user(who.user.id);

    co_await worker::hop(receiver_home.thread);
    auto receiver = co_await receiver_home.store->find_user(request.target_id);
    if (!receiver) {
        co_return receiver.error();
    }
    if (!*receiver) {
        co_return protocol::not_found("target_id: no such user");
    }

    co_await worker::hop(home.thread);
    auto draft = draft_of(who, request);
    auto stored = co_await home.store->append(session, std::move(draft), all_.now_ms());
    if (!stored) {
        co_return stored.error();
    }
    // Both pushes start here, where the order of the session is made, so that every device sees
    // that order.
    std::optional<push::connection_id> sender_connection;
    if (who.connection) {
        sender_connection = who.connection->id;
    }
    const auto packet_titled = [&](const std::string& title) {
        return protocol::packet{session, title, {*stored}, 0, protocol::sequences::shown};
    };
    all_.push_to_user(request.target_id, packet_titled(who.user.name), sender_connection);
    if (request.target_id != who.user.id) {
        all_.push_to_user(who.user.id, packet_titled((*receiver)->name), sender_connection);
    }

    // The message is stored and pushed; whatever becomes of the two lists, the send succeeded.
    const auto sent_at = (*stored)->created_at;
    co_await worker::hop(receiver_home.thread);
    auto listed =
        co_await receiver_home.store->touch_private_session(request.target_id, session, sent_at);
    if (who.user.id == protocol::system_user_id) {
        co_return stored;  // nobody reads its list
    }
    co_await worker::hop(sender_home.thread);
    listed = co_await sender_home.store->touch_private_session(who.user.id, session, sent_at);
    co_return stored;
}

}  // namespace gim::session
