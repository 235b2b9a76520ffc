#include "session/send_service.hpp"

#include "node/changing.hpp"
#include "observe/stats/counters.hpp"
#include "observe/stats/event.hpp"
#include "session/content_hash.hpp"
#include "session/membership.hpp"
#include "session/user_service.hpp"

#include <optional>
#include <string>
#include <utility>

namespace gim::session {

using model::send_reply;
using model::send_request;
using model::session_id;
using model::session_type;
using worker::async_result;

namespace {

// What names the request to the store; empty if it has no name.
std::optional<storage::request_mark> mark_of(const send_request& r) {
    if (!r.request_id) {
        return std::nullopt;
    }
    return storage::request_mark{*r.request_id, content_hash(r.content, content_hash(r.category))};
}

storage::message_draft draft_of(
    const node::caller& who,
    const send_request& r,
    std::optional<storage::request_mark> mark
) {
    return {who.user, r.category, r.content, std::move(mark), {}};
}

session_id session_of(const node::caller& who, const send_request& request) {
    return request.type == session_type::room ? session_id::room(request.target_id)
                                              : session_id::between(who.user.id, request.target_id);
}

send_reply reply_of(const session_id& session, storage::receipt answer) {
    return {std::move(answer.id), session, answer.sequence, answer.created_at};
}

// --- copies of a request, on the session's home. That asks twice: before anything is checked,
// since a copy is answered whatever has changed meanwhile; and with the message, since a store may
// answer later, and what a racing copy has sent by then is not known before.

send_reply repeated(
    node::shard& home,
    const node::caller& who,
    const session_id& session,
    storage::receipt answer
) {
    home.thread.counters().add(stats::event::request_repeated);
    if (who.note) {
        home.tracer->repeated(*who.note, session.text(), answer.id, answer.sequence);
    }
    return reply_of(session, std::move(answer));
}

model::error refused(node::shard& home, model::error why) {
    if (why.code == model::status::conflict) {
        home.thread.counters().add(stats::event::request_conflict);
    }
    return why;
}

// What to answer if the request was answered before; empty if it is new.
boost::asio::awaitable<std::optional<model::result<send_reply>>> answered_before(
    node::shard& home,
    const node::caller& who,
    const session_id& session,
    const storage::request_mark& mark
) {
    auto known = co_await home.store->find_request(session, who.user.id, mark);
    if (!known) {
        co_return refused(home, known.error());
    }
    if (!*known) {
        co_return std::nullopt;
    }
    co_return repeated(home, who, session, **std::move(known));
}

}  // namespace

async_result<send_reply> send_service::send(const node::caller& who, const send_request& request) {
    if (auto has_memory = all_.require_memory(); !has_memory) {
        co_return has_memory.error();
    }
    auto sending = request.type == session_type::room ? send_to_room(who, request)
                                                      : send_to_user(who, request);
    co_return co_await node::changing(all_.here(), std::move(sending));
}

// May leave the coroutine at the user's home. A back end is not held up.
async_result<void> send_service::take_send_of(const node::caller& who) {
    if (who.stands == node::standing::back_end ||
        !all_.options().limits.quotas.sends_of_user.is_on()) {
        co_return model::result<void>();  // which is not worth a hop
    }
    auto& home = all_.home_of_user(who.user.id);
    co_await worker::hop(home.thread);
    co_return home.limits.take_send_of(who.user.id, node::quotas::clock::now());
}

async_result<send_reply>
send_service::send_to_room(const node::caller& who, const send_request& request) {
    if (auto in_scope = require_scope(who, request.target_id); !in_scope) {
        co_return in_scope.error();
    }
    auto within = co_await take_send_of(who);
    if (!within) {
        co_return within.error();
    }
    const auto session = session_of(who, request);
    auto& home = all_.home_of(session);
    co_await worker::hop(home.thread);
    auto mark = mark_of(request);
    if (mark) {
        auto before = co_await answered_before(home, who, session, *mark);
        if (before) {
            co_return *std::move(before);
        }
    }
    // The store finds out who is no member by itself, with one question less; but a back end need
    // be none, and of what a room may get others must not take.
    const bool is_user = who.stands == node::standing::user;
    if (!is_user || home.limits.has_sends_to_room()) {
        auto allowed = co_await require_member(home, request.target_id, who, "target_id");
        if (!allowed) {
            co_return allowed.error();
        }
    }
    if (is_user) {
        const auto now = node::quotas::clock::now();
        if (auto turn = home.limits.take_send_to(request.target_id, who.user.id, now); !turn) {
            co_return turn.error();
        }
    }
    auto draft = draft_of(who, request, std::move(mark));
    draft.must_be_member = is_user;
    auto added = co_await home.store->append(session, std::move(draft), all_.now_ms());
    if (!added && added.error().code == model::status::forbidden) {
        co_return co_await why_outside(home, request.target_id, "target_id");
    }
    if (!added) {
        co_return refused(home, added.error());
    }
    const auto& stored = added->message;
    if (!stored) {
        co_return repeated(home, who, session, std::move(added->answer));
    }
    home.thread.counters().add(stats::event::message_room);
    const auto sent = reply_of(session, std::move(added->answer));
    if (who.note) {
        home.tracer->stored(*who.note, session.text(), *stored);
    }
    // A store that tells all nodes has told this one, too.
    if (home.store->changes() == nullptr) {
        home.rooms.add(session, stored, who.note);
    }
    co_return sent;
}

async_result<send_reply>
send_service::send_to_user(const node::caller& who, const send_request& request) {
    const auto session = session_of(who, request);
    auto& home = all_.home_of(session);
    auto& receiver_home = all_.home_of_user(request.target_id);

    auto within = co_await take_send_of(who);
    if (!within) {
        co_return within.error();
    }
    co_await worker::hop(receiver_home.thread);
    auto receiver = co_await receiver_home.store->find_user(request.target_id);
    if (!receiver) {
        co_return receiver.error();
    }
    if (!*receiver) {
        co_return model::not_found("target_id: no such user");
    }
    if (!who.connection) {
        auto known = co_await make_known(all_, who);
        if (!known) {
            co_return known.error();
        }
    }

    co_await worker::hop(home.thread);
    auto mark = mark_of(request);
    if (mark) {
        auto before = co_await answered_before(home, who, session, *mark);
        if (before && !*before) {
            co_return before->error();
        }
        if (before) {
            auto again = **std::move(before);
            co_return co_await list(who, request, std::move(again));
        }
    }
    auto draft = draft_of(who, request, std::move(mark));
    draft.delivery.emplace(**receiver, who.connection ? who.connection->id : 0);
    auto added = co_await home.store->append(session, std::move(draft), all_.now_ms());
    if (!added) {
        co_return refused(home, added.error());
    }
    const auto& stored = added->message;
    if (!stored) {
        auto again = repeated(home, who, session, std::move(added->answer));
        co_return co_await list(who, request, std::move(again));
    }
    home.thread.counters().add(stats::event::message_private);
    if (who.note) {
        home.tracer->stored(*who.note, session.text(), *stored);
    }
    // A store that tells all nodes has told this one, too.
    if (home.store->changes() == nullptr) {
        push_to_parties(who, {session, **receiver, stored});
    }
    auto sent = reply_of(session, std::move(added->answer));
    co_return co_await list(who, request, std::move(sent));
}

// Both pushes start on the session's home, where its order is made, so that every device sees that
// order.
void send_service::push_to_parties(const node::caller& who, const private_message& sent) {
    std::optional<push::connection_id> sender_connection;
    if (who.connection) {
        sender_connection = who.connection->id;
    }
    const auto packet_titled = [&](const std::string& title) {
        return model::packet{sent.session, title, {sent.message}, 0, model::sequences::shown};
    };
    const auto& receiver = sent.receiver;
    all_.push_to_user(receiver.id, packet_titled(who.user.name), sender_connection, who.note);
    if (receiver.id != who.user.id) {
        all_.push_to_user(who.user.id, packet_titled(receiver.name), sender_connection, who.note);
    }
}

// The lists of both parties; for a copy of a request as well, whose first copy may not have come so
// far. Nodes that missed the message find it by these.
async_result<send_reply>
send_service::list(const node::caller& who, const send_request& request, send_reply sent) {
    const storage::receipt last{sent.id, sent.sequence, sent.created_at};
    auto& receiver_home = all_.home_of_user(request.target_id);
    co_await worker::hop(receiver_home.thread);
    auto listed =
        co_await receiver_home.store->touch_private_session(request.target_id, sent.session, last);
    if (!listed) {
        co_return listed.error();
    }
    // Nobody reads the list of the system; and one's own is listed already.
    if (who.user.id == model::system_user_id || who.user.id == request.target_id) {
        co_return sent;
    }
    auto& sender_home = all_.home_of_user(who.user.id);
    co_await worker::hop(sender_home.thread);
    listed = co_await sender_home.store->touch_private_session(who.user.id, sent.session, last);
    if (!listed) {
        co_return listed.error();
    }
    co_return sent;
}

}  // namespace gim::session
