#pragma once

#include "gateway/frame_handler.hpp"
#include "gateway/gateway_options.hpp"
#include "gateway/request_rate.hpp"
#include "gateway/websocket_stream.hpp"
#include "model/message.hpp"
#include "net/peer.hpp"
#include "node/connection_ref.hpp"
#include "observe/inspect/connection_row.hpp"
#include "websocket/close_code.hpp"
#include "websocket/inflater.hpp"
#include "worker/worker.hpp"

#include <boost/asio/awaitable.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace gim::gateway {

class connection;

// What the connections of one worker share.
struct connection_context {
    worker::worker& home;
    const gateway_options& options;
    push::flush_list& flushing;
    frame_handler& handler;
    websocket::inflater* inflating;  // null: without compression
    // Nothing of that connection runs any more; until then it must be kept.
    std::function<void(connection&)> ended;
};

// One client's connection, from its upgrade to its end: hands the frames that come to the handler
// one by one, keeps the deadlines, and pings.
//
// Threads: its worker's, for life.
class connection final : public websocket_stream {
public:
    // `shared` is borrowed and must outlive the connection.
    connection(const connection_context& shared, push::connection_id id, net::arrival arrived);

    const net::peer& peer() const noexcept { return peer_; }

    // Called once; the end is told by connection_context::ended.
    void start();

    // Sends a close frame behind what waits; the connection ends when the peer answers it, or after
    // close_timeout. While it is upgrading there is no WebSocket to close: then as soon as there
    // is.
    void close(websocket::close_code code, std::string_view reason);
    // Tells it when it will be closed, while it is upgrading: as soon as there is a WebSocket.
    void tell_leaving(clock::time_point due);
    bool is_upgrading() const noexcept { return phase_ == phase::upgrading; }

    // What an operator is told of it.
    inspect::connection_figures figures(clock::time_point now) noexcept;
    inspect::connection_row row(clock::time_point now);

    // The handler's notes about this connection.
    struct login_state {
        std::optional<model::user> user;  // empty: not logged in
        node::connection_ref self;        // form: what it is pushed
        std::size_t undecodable_in_a_row = 0;
        bool has_bad_token = false;  // the reply that says so is the last one
        // Came with the upgrade, for the first login; null: none, or used.
        std::unique_ptr<std::string> offered_token = nullptr;
    };
    login_state& login() noexcept { return login_; }
    // The login deadline is over, and messages may be long. After `lifetime`, if there is one, the
    // connection is closed with 4001, unless this is called again or logged_out().
    void logged_in(std::optional<clock::duration> lifetime = std::nullopt);
    void logged_out();

private:
    enum class phase { upgrading, logging_in, open, closing };

    boost::asio::awaitable<void> run();
    boost::asio::awaitable<void> upgrade();
    boost::asio::awaitable<void> end(std::exception_ptr failure);
    // True if nothing is to be read for a while; it goes on by itself then.
    bool pauses();
    // False: it is_over().
    bool listen();
    void on_deadline();
    void on_heartbeat_due();
    void on_input() override;
    void on_room() override;
    void on_whole() noexcept override;
    void on_cut(push::cut why, clock::duration age) override;
    void on_violation(std::uint16_t code) noexcept override;
    void count(websocket::close_code code) noexcept;
    static std::string_view name_of(phase p) noexcept;

    const connection_context& shared_;
    net::peer peer_;
    login_state login_;
    const clock::time_point since_ = clock::now();
    std::uint64_t requests_ = 0;
    clock::time_point leaves_at_{};  // to be told after the upgrade; 0: nothing is
    phase phase_ = phase::upgrading;
    std::optional<websocket::close_code> close_after_upgrade_;

    worker::timeout deadline_;          // of the phase; open: when the login expires
    worker::timeout message_deadline_;  // armed while waiting for the rest of a message
    worker::timeout heartbeat_;
    std::uint64_t taken_at_beat_ = 0;  // of the outbox
    request_rate rate_;
    worker::timeout pause_;  // armed while nothing is read
};

}  // namespace gim::gateway
