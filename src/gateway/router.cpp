#include "gateway/router.hpp"

#include "base/overloaded.hpp"
#include "dialects/gim/websocket_frames.hpp"
#include "gateway/connection.hpp"
#include "gateway/request_timing.hpp"
#include "observe/stats/counters.hpp"
#include "observe/stats/event.hpp"

#include <utility>
#include <variant>

namespace gim::gateway {

using model::error;
using model::reply;
using model::result;
using model::status;
using native::opcode;
using native::wire_form;
using websocket::frame_kind;
using worker::async_result;

namespace {

// Text is answered with text and binary with binary; a text frame without a body in the form that
// the connection is pushed, if that is text.
wire_form answer_form(
    const connection::login_state& login,
    const native::inbound_frame& frame,
    frame_kind kind
) {
    if (frame.form) {
        return *frame.form;
    }
    if (native::kind_of(login.self.form) == kind) {
        return login.self.form;
    }
    return kind == frame_kind::text ? wire_form::json_text : wire_form::protobuf;
}

bool is_unavailable(const result<reply>& answered) {
    return answered.has_error() && answered.error().code == status::unavailable;
}

node::caller caller_of(const connection::login_state& login, const trace::note_ptr& note) {
    return {*login.user, login.self, login.self.rooms, node::standing::user, note};
}

// Null unless the connection's user is traced. `frame` is empty if what came does not decode.
trace::note_ptr note_of(
    trace::tracer& by,
    const connection::login_state& login,
    const model::result<native::inbound_frame>& frame,
    std::size_t bytes,
    push::frame::clock::time_point at
) {
    if (!by.is_on() || !login.user) {
        return nullptr;
    }
    return by.received({login.user->id, login.self.id, {}, frame ? frame->op : 0, bytes, at});
}

void tell_answer(trace::tracer& by, const trace::note_ptr& note, const result<reply>& answered) {
    if (note) {
        by.answered(*note, answered ? std::nullopt : std::optional(answered.error()));
    }
}

// Puts a question to a service. `request` must live until it is answered.
template <class Reply, class Service, class Request>
async_result<reply> asked(
    Service& service,
    async_result<Reply> (Service::*question)(const node::caller&, const Request&),
    node::caller who,
    const Request& request
) {
    auto answering = (service.*question)(who, request);
    auto answered = co_await std::move(answering);
    co_return model::to_reply(std::move(answered));
}

}  // namespace

boost::asio::awaitable<void>
router::on_frame(connection& from, frame_kind kind, std::string_view bytes) {
    const auto began = push::frame::clock::now();
    auto frame = native::decode_frame(kind, bytes);
    auto& tracer = *all_.here().tracer;
    const auto note = note_of(tracer, from.login(), frame, bytes.size(), began);
    if (!frame) {
        tell_answer(tracer, note, frame.error());
        refuse_undecodable(from, kind, frame.error());
        co_return;
    }
    from.login().undecodable_in_a_row = 0;
    const auto form = answer_form(from.login(), *frame, kind);
    result<reply> answered = error{status::unauthorized, "log in first (op 101)"};
    const bool is_unknown = !native::is_request(static_cast<opcode>(frame->op));
    const bool is_login = frame->op == static_cast<std::uint32_t>(opcode::login);
    if (!frame->body && (is_unknown || is_login || from.login().user)) {
        answered = frame->body.error();
    } else if (frame->body && (is_login || from.login().user)) {
        answered = co_await ask(from, form, *frame->body, note);
    }
    const auto sent = send(from, native::reply_frame(form, frame->op + 1, frame->seq, answered));
    tell_answer(tracer, note, answered);
    const auto timing = timing_of(static_cast<opcode>(frame->op));
    all_.here().thread.counters().observe(timing, sent->made() - began);
    if (all_.here().changes.is_shut() && is_unavailable(answered)) {
        from.close(websocket::close_code::going_away, "server stops");
    }
    if (from.login().has_bad_token) {
        from.close(websocket::close_code::bad_token, "token: missing or not valid");
    }
}

push::frame_ptr router::send(connection& to, websocket::websocket_frame f) {
    auto* const packer = all_.here().packer.get();
    if (packer != nullptr && to.login().self.packed == push::packing::deflated) {
        if (auto shorter = packer->pack(f)) {
            f = *std::move(shorter);
        }
    }
    return to.answer(std::move(f));
}

void router::refuse_undecodable(connection& from, frame_kind kind, const error& why) {
    const auto form = kind == frame_kind::binary ? wire_form::protobuf : wire_form::json_text;
    const auto op = static_cast<std::uint32_t>(opcode::undecodable);
    send(from, native::reply_frame(form, op, 0, why));
    if (++from.login().undecodable_in_a_row >= options_.undecodable_frames) {
        from.close(websocket::close_code::bad_request, "too many frames that do not decode");
    }
}

router::answer router::ask(
    connection& from,
    wire_form form,
    const model::request& r,
    const trace::note_ptr& note
) {
    const auto who = [&] { return caller_of(from.login(), note); };
    return std::visit(
        base::overloaded{
            [&](const model::login_request& q) { return login(from, form, q); },
            [&](const model::logout_request&) { return logout(from); },
            [&](const model::heartbeat_request&) { return heartbeat(); },
            [&](const model::refresh_request& q) { return refresh(from, q); },
            [&](const model::send_request& q) {
                return asked(services_.sends, &session::send_service::send, who(), q);
            },
            [&](const model::history_request& q) {
                return asked(services_.histories, &session::history_service::history, who(), q);
            },
            [&](const model::sessions_request& q) {
                return asked(
                    services_.sessions, &session::session_list_service::sessions, who(), q
                );
            },
            [&](const model::join_request& q) {
                return asked(services_.rooms, &session::room_service::join, who(), q);
            },
            [&](const model::leave_request& q) {
                return asked(services_.rooms, &session::room_service::leave, who(), q);
            },
            [&](const model::members_request& q) {
                return asked(services_.rooms, &session::room_service::members, who(), q);
            },
        },
        r
    );
}

router::answer router::login(connection& from, wire_form form, const model::login_request& r) {
    auto& state = from.login();
    const auto who = co_await admit(from, r);
    if (!who) {
        co_return who.error();
    }
    if (state.user) {
        if (state.user->id != who->id()) {
            co_return error{status::conflict, "id: logged in as another user; log out first"};
        }
        auto renewed = co_await renew(from, *who);
        co_return model::to_reply(std::move(renewed));
    }
    state.self.form = form;
    state.self.rooms = who->rooms;
    state.user = model::user{who->id(), who->id()};  // so that on_end() undoes a login that throws
    auto welcomed = co_await services_.logins.login(*who, state.self, from.outbox());
    if (welcomed) {
        keep(from, *who, welcomed->user);
    } else {
        state.user.reset();
    }
    co_return model::to_reply(std::move(welcomed));
}

router::answer router::refresh(connection& from, const model::refresh_request& r) {
    model::login_request again;
    again.token = r.token;
    if (!services_.logins.needs_proof()) {
        co_return error{status::conflict, "token: logins do not expire on this server"};
    }
    const auto who = co_await admit(from, again);
    if (!who) {
        co_return who.error();
    }
    if (from.login().user->id != who->id()) {
        co_return model::forbidden("token: is of another user");
    }
    auto renewed = co_await renew(from, *who);
    if (!renewed) {
        co_return renewed.error();
    }
    co_return reply(model::refresh_reply(who->expires_at.value_or(0)));
}

async_result<auth::identity> router::admit(connection& from, const model::login_request& r) {
    auto& state = from.login();
    auto asked = r;
    // That of the upgrade is for the first login only.
    auto offered = std::move(state.offered_token);
    if (!asked.token && offered) {
        asked.token = *offered;
    }
    const auto address = from.peer().address().to_string();
    auto who = co_await services_.logins.admit(asked, address);
    if (who.has_error() && who.error().code == status::unavailable) {
        state.offered_token = std::move(offered);  // the client may try again
    }
    state.has_bad_token = who.has_error() && who.error().code == status::unauthorized;
    if (state.has_bad_token) {
        all_.here().thread.counters().add(stats::event::token_refused);
    }
    co_return who;
}

async_result<model::login_reply> router::renew(connection& from, const auth::identity& who) {
    auto& state = from.login();
    auto self = state.self;
    self.rooms = who.rooms;
    auto renewed = co_await services_.logins.renew(who, self);
    if (renewed) {
        state.self.rooms = who.rooms;
        keep(from, who, renewed->user);
    }
    co_return renewed;
}

void router::keep(connection& from, const auth::identity& who, const model::user& as) {
    from.login().user = as;
    if (who.expires_at) {
        from.logged_in(auth::time_left(who, all_.now_ms()));
    } else {
        from.logged_in();
    }
}

router::answer router::logout(connection& from) {
    co_await on_end(from);
    co_return reply(model::logout_reply());
}

router::answer router::heartbeat() {
    co_return reply(model::heartbeat_reply(all_.now_ms()));
}

boost::asio::awaitable<void> router::on_end(connection& from) {
    auto& state = from.login();
    if (state.user) {
        const auto user = std::move(*state.user);
        state.user.reset();
        from.logged_out();
        co_await services_.logins.logout(user, state.self);
    }
}

}  // namespace gim::gateway
