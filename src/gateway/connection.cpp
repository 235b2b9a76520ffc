#include "gateway/connection.hpp"

#include "dialects/gim/websocket_frames.hpp"
#include "gateway/close_event.hpp"
#include "observe/stats/counters.hpp"
#include "observe/stats/log_failure.hpp"
#include "worker/spawn.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace gim::gateway {

using stats::failure;
using websocket::close_code;

namespace {

void log(push::connection_id id, std::string_view where, const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& e) {
        stats::log_failure(
            failure::connection, {{"connection", id}}, "connection {}: {}{}", id, where, e.what()
        );
    } catch (...) {
        stats::log_failure(
            failure::connection,
            {{"connection", id}},
            "connection {}: {}an unknown exception",
            id,
            where
        );
    }
}

std::string_view form_name(native::wire_form f) noexcept {
    return f == native::wire_form::protobuf ? "protobuf" : "json";
}

// What is counted, and what the client is told.
std::pair<stats::event, std::string_view> describe_cut(push::cut why) noexcept {
    if (why == push::cut::too_old) {
        return {
            stats::event::cut_too_old,
            "reading too slowly: what waits is too old; read the history"};
    }
    if (why == push::cut::short_of_memory) {
        return {
            stats::event::cut_short_of_memory,
            "reading too slowly: the server is short of memory; read the history"};
    }
    return {stats::event::cut_too_much, "reading too slowly: too much waits; read the history"};
}

}  // namespace

connection::connection(
    const connection_context& shared,
    push::connection_id id,
    net::arrival arrived
)
    : websocket_stream(
          std::move(arrived.socket),
          shared.options,
          shared.flushing,
          shared.home.counters()
      ),
      shared_(shared),
      peer_(std::move(arrived.who)),
      login_{
          std::nullopt,
          {shared.home.index(), id, shared.options.first_form, {}},
          0,
          false,
          nullptr},
      deadline_([this] { on_deadline(); }),
      message_deadline_([this] { close(close_code::policy_error, "message took too long"); }),
      heartbeat_([this] { on_heartbeat_due(); }),
      pause_([this] { on_input(); }) {}

void connection::start() {
    shared_.home.arm(deadline_, shared_.options.upgrade_timeout);
    on_input();
}

// Whoever keeps the connection does so until run() has told that it has ended. A reference of the
// coroutine's own would be let go of later than that, when those it borrows from may be gone.
void connection::on_input() {
    worker::spawn(shared_.home, "connection", [this] { return run(); });
}

// Posted, as it may end the connection, which is being written to.
void connection::on_room() {
    shared_.home.post([this, self = shared_from_this()] { on_input(); });
}

// Handles what has come. There is no coroutine while the connection waits for more.
boost::asio::awaitable<void> connection::run() {
    std::exception_ptr failure;
    try {
        if (phase_ == phase::upgrading) {
            co_await upgrade();
        }
        while (!pauses()) {
            const auto m = next(shared_.inflating);
            if (!m) {
                break;
            }
            if (m->was_deflated) {
                shared_.home.counters().add(stats::event::message_inflated);
            }
            ++requests_;
            co_await shared_.handler.on_frame(*this, m->kind, m->bytes);
        }
        if (!is_over() && listen()) {
            co_return;
        }
    } catch (...) {
        failure = std::current_exception();
    }
    // An exception is caught on the worker on which it was thrown.
    co_await worker::hop(shared_.home);
    try {
        co_await end(failure);
    } catch (const std::exception& e) {
        stats::log_failure(
            failure::end_of_connection,
            {{"connection", login_.self.id}},
            "connection {} could not end well: {}",
            login_.self.id,
            e.what()
        );
    }
    co_await worker::hop(shared_.home);
    abort();
    shared_.ended(*this);  // which may destroy it
}

boost::asio::awaitable<void> connection::upgrade() {
    auto token = co_await accept(shared_.options, peer_);
    if (is_over()) {
        co_return;
    }
    if (is_deflating()) {
        login_.self.packed = push::packing::deflated;
    }
    if (token) {
        login_.offered_token = std::make_unique<std::string>(*std::move(token));
    }
    if (spdlog::should_log(spdlog::level::debug)) {
        const auto from = peer_.address().to_string();
        stats::log_line(
            spdlog::level::debug,
            {{"connection", login_.self.id}, {"address", from}},
            "connection {}: from {}",
            login_.self.id,
            from
        );
    }
    phase_ = phase::logging_in;
    shared_.home.arm(deadline_, shared_.options.login_timeout);
    shared_.home.arm(heartbeat_, shared_.options.heartbeat_interval / 2);
    if (leaves_at_ != clock::time_point()) {
        tell_leaving(leaves_at_);
    }
    if (close_after_upgrade_) {
        close(*close_after_upgrade_, "server stops");
    }
}

bool connection::pauses() {
    const auto& o = shared_.options.requests;
    if (!o.limit.is_on() || is_over() || is_closing()) {
        return false;
    }
    const auto now = clock::now();
    const auto wait = rate_.pause(o, now);
    if (wait == clock::duration::zero()) {
        return false;
    }
    if (rate_.is_hopeless(o, now)) {
        close(close_code::too_fast, "too many requests a second for too long: send fewer");
        return false;
    }
    shared_.home.counters().add(stats::event::request_paused);
    shared_.home.arm(pause_, wait);
    return true;
}

void connection::on_whole() noexcept {
    message_deadline_.cancel();
    if (shared_.options.requests.limit.is_on()) {
        rate_.spend(shared_.options.requests);
    }
}

bool connection::listen() {
    if (pause_.is_armed() || wait_for_room()) {
        return true;
    }
    if (rate_.is_over() && !has_more_waiting()) {
        rate_.all_was_read();
    }
    if (is_in_message() && !message_deadline_.is_armed()) {
        shared_.home.arm(message_deadline_, shared_.options.message_timeout);
    }
    return wait_for_input();
}

boost::asio::awaitable<void> connection::end(std::exception_ptr failure) {
    if (failure) {
        log(login_.self.id, "", failure);
        failure = nullptr;
        close(close_code::internal_error, "internal error");
    }
    try {
        co_await shared_.handler.on_end(*this);
    } catch (...) {
        failure = std::current_exception();
    }
    co_await worker::hop(shared_.home);
    if (failure) {
        log(login_.self.id, "at its end: ", failure);
    }
    heartbeat_.cancel();
    message_deadline_.cancel();
    if (phase_ != phase::closing) {  // else the time runs already
        phase_ = phase::closing;
        shared_.home.arm(deadline_, shared_.options.close_timeout);
    }
    co_await finish();
    deadline_.cancel();
}

void connection::close(close_code code, std::string_view reason) {
    if (phase_ == phase::upgrading) {
        close_after_upgrade_ = code;
        return;
    }
    if (is_closing()) {
        return;
    }
    stats::log_line(
        spdlog::level::debug,
        {{"connection", login_.self.id},
         {"user", login_.user ? std::string_view(login_.user->id) : std::string_view()},
         {"code", static_cast<std::uint64_t>(code)}},
        "connection {}: closing with {}: {}",
        login_.self.id,
        static_cast<int>(code),
        reason
    );
    count(code);
    say_close(static_cast<std::uint16_t>(code), reason);
    phase_ = phase::closing;
    shared_.home.arm(deadline_, shared_.options.close_timeout);
}

void connection::tell_leaving(clock::time_point due) {
    if (phase_ == phase::upgrading) {
        leaves_at_ = due;
        return;
    }
    const auto wait = std::max(due - clock::now(), clock::duration::zero());
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
    const model::notice n{"drain", static_cast<std::uint64_t>(ms)};
    outbox().say(native::notice_frame(login_.self.form, n));
}

inspect::connection_figures connection::figures(clock::time_point now) noexcept {
    const auto& box = outbox();
    return {
        login_.self.id,
        now - since_,
        now - last_heard(),
        box.is_empty() ? clock::duration::zero() : now - box.oldest(),
        box.bytes(),
        box.frames(),
        box.passed_over(),
        requests_,
        passed().received_bytes,
        passed().sent_bytes,
        passed().sent_frames};
}

inspect::connection_row connection::row(clock::time_point now) {
    inspect::connection_row out;
    out.figures = figures(now);
    if (login_.user) {
        out.user = login_.user->id;
        out.name = login_.user->name;
    }
    out.address = peer_.address().to_string();
    out.state = name_of(phase_);
    out.form = form_name(login_.self.form);
    out.is_tls = shared_.options.tls != nullptr;
    out.is_deflating = is_deflating();
    out.worker = shared_.home.index();
    out.unacknowledged_bytes = unacknowledged_bytes();
    return out;
}

std::string_view connection::name_of(phase p) noexcept {
    switch (p) {
        case phase::upgrading:
            return "upgrading";
        case phase::logging_in:
            return "logging in";
        case phase::open:
            return "open";
        case phase::closing:
            break;
    }
    return "closing";
}

void connection::logged_in(std::optional<clock::duration> lifetime) {
    if (phase_ == phase::logging_in) {
        phase_ = phase::open;
        set_message_limit(shared_.options.message_bytes);
    }
    if (phase_ != phase::open) {
        return;
    }
    deadline_.cancel();
    if (lifetime) {
        // So that no sum of times is beyond what the clock can count.
        constexpr clock::duration longest = std::chrono::hours(24 * 365 * 100);
        shared_.home.arm(deadline_, std::clamp(*lifetime, clock::duration::zero(), longest));
    }
}

void connection::logged_out() {
    if (phase_ == phase::open) {
        deadline_.cancel();
    }
}

void connection::on_deadline() {
    if (phase_ == phase::logging_in) {
        close(close_code::login_timeout, "no login in time");
    } else if (phase_ == phase::open) {
        close(close_code::token_expired, "the token has expired");
    } else {
        abort();
    }
}

void connection::on_heartbeat_due() {
    if (is_closing()) {
        return;
    }
    // What it sends is not read while it waits for room; but it is there as long as it takes what
    // waits.
    if (is_waiting_for_room() &&
        std::exchange(taken_at_beat_, outbox().taken()) != outbox().taken()) {
        heard();
    }
    const auto silent = worker::worker::clock::now() - last_heard();
    const auto interval = shared_.options.heartbeat_interval;
    if (silent >= interval && is_waiting_for_room()) {
        outbox().cut_off(push::cut::too_old);
    } else if (silent >= interval) {
        close(close_code::no_heartbeat, "nothing came for the heartbeat interval");
    } else if (silent >= interval / 2) {
        outbox().say(websocket::websocket_frame::ping());
        shared_.home.arm(heartbeat_, interval - silent);
    } else {
        shared_.home.arm(heartbeat_, interval / 2 - silent);
    }
}

void connection::on_cut(push::cut why, clock::duration age) {
    const auto [what, reason] = describe_cut(why);
    if (!is_closing()) {
        shared_.home.counters().add(what);
        shared_.home.counters().observe(stats::distribution::outbox_age_at_cut, age);
    }
    close(close_code::slow_reader, reason);
}

void connection::on_violation(std::uint16_t code) noexcept {
    count(static_cast<close_code>(code));
}

void connection::count(close_code code) noexcept {
    if (const auto what = close_event(code)) {
        shared_.home.counters().add(*what);
    }
}

}  // namespace gim::gateway
