#pragma once

#include "gateway/gateway_options.hpp"
#include "net/http_head.hpp"
#include "net/sockets.hpp"
#include "protocol/close_code.hpp"
#include "protocol/codec.hpp"
#include "push/outbox.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace gim::gateway {

// One WebSocket of a client (RFC 6455): reads whole messages, writes what its outbox holds. Beast's
// stream does the handshake, the reading and the answers to control frames; it is instantiated in
// this class's .cpp only, because that takes 20 s to compile.
//
// Threads: one worker's. Lifetime: in a shared_ptr, which must be kept while one of its awaitables
// runs.
class websocket_stream final : public push::outbox_writer,
                               public std::enable_shared_from_this<websocket_stream> {
public:
    // `options` and `flushing` are borrowed and must outlive the stream.
    websocket_stream(
        net::tcp_socket socket,
        const gateway_options& options,
        push::flush_list& flushing
    );
    ~websocket_stream();

    // Reads the request for an upgrade and answers it. False if there is no WebSocket then: the
    // peer left, or asked for something else and was told so (426 for plain HTTP). Has no time
    // limit of its own.
    boost::asio::awaitable<bool> accept();

    struct message {
        protocol::frame_kind kind;
        std::string_view bytes;  // valid until the next read()
    };
    // The next message, or why there is none: the peer closed, broke the protocol (it has been told
    // by a close frame), or the socket failed. After close() what still comes is read and dropped
    // until the peer closes too.
    boost::asio::awaitable<boost::system::result<message>> read();
    void set_message_limit(std::size_t bytes);

    // Called after each read from the socket with whether the peer is in the middle of a message.
    void on_read(std::function<void(bool in_message)> f);
    // Called once when the outbox overflows.
    void on_overflow(std::function<void()> f) { on_overflow_ = std::move(f); }
    std::chrono::steady_clock::time_point last_heard() const noexcept;

    push::outbox& outbox() noexcept { return outbox_; }
    // Sends a close frame behind what waits, and nothing after it. Only the first call counts.
    void close(protocol::close_code code, std::string_view reason);
    bool is_closing() const noexcept { return closing_; }

    // Writes what is left, then ends the connection without cutting off what was written. Needs to
    // be bounded by abort().
    boost::asio::awaitable<void> finish();
    // Closes the socket now; what waits is lost, and every awaitable above completes.
    void abort() noexcept;

    void flush() noexcept override;

private:
    struct implementation;

    boost::asio::awaitable<void> refuse(unsigned status, std::string text);
    void write();
    void wait_until_writable();

    push::outbox outbox_;
    std::function<void()> on_overflow_;
    bool closing_ = false;
    const std::unique_ptr<implementation> impl_;
};

}  // namespace gim::gateway
