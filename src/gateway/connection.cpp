#include "gateway/connection.hpp"

#include "protocol/websocket_frame.hpp"

#include <spdlog/spdlog.h>

#include <exception>
#include <string>

namespace gim::gateway {

using protocol::close_code;

namespace {

// What was thrown out of the coroutine that `make` returns, if anything.
template <class Make>
boost::asio::awaitable<std::optional<std::string>> failure_of(Make make) {
    try {
        co_await make();
    } catch (const std::exception& e) {
        co_return e.what();
    } catch (...) {
        co_return "an unknown exception";
    }
    co_return std::nullopt;
}

}  // namespace

connection::connection(
    worker::worker& home,
    push::connection_id id,
    net::tcp_socket socket,
    const gateway_options& options,
    push::flush_list& flushing,
    frame_handler& handler
)
    : home_(home),
      options_(options),
      handler_(handler),
      stream_(std::make_shared<websocket_stream>(std::move(socket), options, flushing)),
      login_{std::nullopt, {home.index(), id, options.first_form}, 0},
      deadline_([this] { on_deadline(); }),
      message_deadline_([this] { close(close_code::policy_error, "message took too long"); }),
      heartbeat_([this] { on_heartbeat_due(); }) {}

boost::asio::awaitable<void> connection::run() {
    const auto self = shared_from_this();
    const auto serving = [this] { return serve(); };
    auto failure = co_await failure_of(serving);
    // An exception is caught on the worker on which it was thrown.
    co_await worker::hop(home_);
    if (failure) {
        spdlog::error("connection {}: {}", login_.self.id, *failure);
        close(close_code::internal_error, "internal error");
    }
    const auto ending = [this] { return handler_.on_end(*this); };
    failure = co_await failure_of(ending);
    co_await worker::hop(home_);
    if (failure) {
        spdlog::error("connection {}: at its end: {}", login_.self.id, *failure);
    }
    heartbeat_.cancel();
    message_deadline_.cancel();
    phase_ = phase::closing;
    home_.arm(deadline_, options_.close_timeout);
    co_await stream_->finish();
    deadline_.cancel();
}

boost::asio::awaitable<void> connection::serve() {
    home_.arm(deadline_, options_.upgrade_timeout);
    const bool upgraded = co_await stream_->accept();
    if (!upgraded) {
        co_return;
    }
    phase_ = phase::logging_in;
    home_.arm(deadline_, options_.login_timeout);
    home_.arm(heartbeat_, options_.heartbeat_interval / 2);
    stream_->on_read([this](bool in_message) { on_read(in_message); });
    stream_->on_overflow([this] { close(close_code::slow_reader, "reading too slowly"); });
    co_await read_frames();
}

boost::asio::awaitable<void> connection::read_frames() {
    for (;;) {
        auto received = co_await stream_->read();
        if (!received) {
            co_return;
        }
        co_await handler_.on_frame(*this, received->kind, received->bytes);
    }
}

void connection::close(close_code code, std::string_view reason) {
    if (phase_ == phase::upgrading) {
        stream_->abort();  // there is no WebSocket yet to close
        return;
    }
    if (stream_->is_closing()) {
        return;
    }
    spdlog::debug(
        "connection {}: closing with {}: {}", login_.self.id, static_cast<int>(code), reason
    );
    stream_->close(code, reason);
    phase_ = phase::closing;
    home_.arm(deadline_, options_.close_timeout);
}

void connection::logged_in() {
    if (phase_ == phase::logging_in) {
        phase_ = phase::open;
        deadline_.cancel();
        stream_->set_message_limit(options_.message_bytes);
    }
}

void connection::on_deadline() {
    if (phase_ == phase::logging_in) {
        close(close_code::login_timeout, "no login in time");
    } else {
        stream_->abort();
    }
}

void connection::on_heartbeat_due() {
    if (stream_->is_closing()) {
        return;
    }
    const auto now = worker::worker::clock::now();
    const auto silent = now - stream_->last_heard();
    const auto half = options_.heartbeat_interval / 2;
    if (silent >= options_.heartbeat_interval) {
        close(close_code::no_heartbeat, "nothing came for the heartbeat interval");
    } else if (silent >= half) {
        send(push::make_frame(protocol::websocket_frame::ping()));
        home_.arm(heartbeat_, options_.heartbeat_interval - silent);
    } else {
        home_.arm(heartbeat_, half - silent);
    }
}

void connection::on_read(bool in_message) {
    if (!in_message) {
        message_deadline_.cancel();
    } else if (!message_deadline_.is_armed()) {
        home_.arm(message_deadline_, options_.message_timeout);
    }
}

}  // namespace gim::gateway
