#pragma once

#include "gateway/frame_handler.hpp"
#include "gateway/gateway_options.hpp"
#include "gateway/websocket_stream.hpp"
#include "protocol/close_code.hpp"
#include "protocol/message.hpp"
#include "session/connection_ref.hpp"
#include "worker/worker.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>

namespace gim::gateway {

// One client's connection, from its upgrade to its end: reads frames and hands them to the handler
// one by one, keeps the deadlines, and pings.
//
// Threads: its worker's, for life.
class connection : public std::enable_shared_from_this<connection> {
public:
    // What is borrowed must outlive the connection.
    connection(
        worker::worker& home,
        push::connection_id id,
        net::tcp_socket socket,
        const gateway_options& options,
        push::flush_list& flushing,
        frame_handler& handler
    );
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    // Runs until the connection has ended.
    boost::asio::awaitable<void> run();

    // Sends a close frame behind what waits; the connection ends when the peer answers it, or after
    // close_timeout.
    void close(protocol::close_code code, std::string_view reason);
    // Closes the socket now.
    void abort() noexcept { stream_->abort(); }
    void send(const push::frame_ptr& f) { stream_->outbox().push(f); }
    push::outbox& outbox() noexcept { return stream_->outbox(); }

    // The handler's notes about this connection.
    struct login_state {
        std::optional<protocol::user> user;  // empty: not logged in
        session::connection_ref self;        // form: what it is pushed
        std::size_t undecodable_in_a_row = 0;
    };
    login_state& login() noexcept { return login_; }
    // The login deadline is over, and messages may be long.
    void logged_in();

private:
    enum class phase { upgrading, logging_in, open, closing };

    boost::asio::awaitable<void> serve();
    boost::asio::awaitable<void> read_frames();
    void on_deadline();
    void on_heartbeat_due();
    void on_read(bool in_message);

    worker::worker& home_;
    const gateway_options& options_;
    frame_handler& handler_;
    const std::shared_ptr<websocket_stream> stream_;
    login_state login_;
    phase phase_ = phase::upgrading;

    worker::timeout deadline_;          // of the phase
    worker::timeout message_deadline_;  // armed while a message is incomplete
    worker::timeout heartbeat_;
};

}  // namespace gim::gateway
