#pragma once

#include "dialects/gim/codec.hpp"
#include "gateway/answer_window.hpp"
#include "gateway/gateway_options.hpp"
#include "net/peer.hpp"
#include "net/stream.hpp"
#include "push/outbox.hpp"
#include "websocket/close_code.hpp"
#include "websocket/websocket_frame.hpp"
#include "websocket/websocket_reader.hpp"
#include "worker/memory_part.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace gim::stats {
class counters;
}

namespace gim::gateway {

// The socket's side of a connection: the upgrade, whole messages in, what the outbox holds out. It
// answers control frames, and refuses what is against RFC 6455.
//
// Problem: most connections are idle, and a waiting coroutine costs more than all else they hold.
// So an idle connection is one pending read, and whoever derives begins something at on_input().
//
// Threads: one worker's. Lifetime: in a shared_ptr, which pending operations keep.
class websocket_stream : public push::outbox_writer,
                         public std::enable_shared_from_this<websocket_stream> {
public:
    websocket_stream(const websocket_stream&) = delete;
    websocket_stream& operator=(const websocket_stream&) = delete;

    push::outbox& outbox() noexcept { return outbox_; }
    // Closes the socket now; what waits is lost, and everything pending completes.
    void abort() noexcept;

    void flush() noexcept final;

    // Queues an answer to what the peer has sent. Too much of that which it does not read keeps its
    // next messages waiting.
    push::frame_ptr answer(websocket::websocket_frame f);

protected:
    using clock = std::chrono::steady_clock;

    // What is borrowed must outlive the stream: `flushing` and `counters`.
    websocket_stream(
        net::tcp_socket socket,
        const gateway_options& options,
        push::flush_list& flushing,
        stats::counters& counters
    );
    ~websocket_stream() = default;

    // Reads the PROXY header if there must be one, begins TLS if it is to, reads the request for an
    // upgrade and answers it; gives the token that came with it. If there is no WebSocket then,
    // is_over(). Has no time limit of its own.
    boost::asio::awaitable<std::optional<std::string>>
    accept(const gateway_options& options, net::peer& who);

    // Reads, once; on_input() follows. False, and nothing follows: there is no memory for more of
    // the message; it is_over(), and the peer is told. REQUIRES: next() has no more, and not
    // is_over().
    bool wait_for_input();

    struct message {
        websocket::frame_kind kind;
        std::string_view bytes;  // valid until next() or wait_for_input()
        bool was_deflated;
    };
    // The next message of those that came. After say_close() what still comes is dropped, until the
    // peer closes too. None either while too many answers wait: then wait_for_room(). `inflating`:
    // what decompresses for all connections of the worker; may be
    // null if none can agree on that.
    std::optional<message> next(websocket::inflater* inflating);
    // Whether too many answers wait to be written. Then on_room() follows, and nothing is read
    // meanwhile: the peer is slowed by TCP.
    bool wait_for_room() noexcept;
    bool is_waiting_for_room() const noexcept { return waiting_for_room_; }
    // Something of the peer was noticed otherwise than by reading.
    void heard() noexcept { last_heard_ = clock::now(); }
    // Whether compression was agreed on at the upgrade.
    bool is_deflating() const noexcept { return deflating_; }
    // Nothing more will come: the peer closed, broke the protocol (it has been told by a close
    // frame), or the socket failed.
    bool is_over() const noexcept { return over_; }
    bool is_in_message() const noexcept { return reader_.is_in_message(); }
    // Whether the socket has bytes that were not read yet.
    bool has_more_waiting();
    clock::time_point last_heard() const noexcept { return last_heard_; }
    void set_message_limit(std::size_t bytes) noexcept;

    // Sends a close frame behind what waits, and nothing after it. Only the first call counts.
    void say_close(std::uint16_t code, std::string_view reason);
    bool is_closing() const noexcept { return closing_; }

    // Behind the upgrade, and without TLS.
    struct traffic {
        std::uint64_t received_bytes = 0;
        std::uint64_t sent_bytes = 0;  // with the answer to the upgrade
        std::uint64_t sent_frames = 0;
    };
    const traffic& passed() const noexcept { return passed_; }
    // What the kernel has of ours that the peer has not confirmed.
    std::size_t unacknowledged_bytes();

    // Writes what is left, then ends the connection without cutting off what was written. Needs to
    // be bounded by abort().
    boost::asio::awaitable<void> finish();

private:
    virtual void on_input() = 0;
    // What was waited for with wait_for_room() is there, or the connection ends. Called from inside
    // a write.
    virtual void on_room() = 0;
    // A message has come whole, or a control frame between two messages.
    virtual void on_whole() noexcept = 0;
    // The outbox was cut off, when its oldest frame had waited for `age`: called once.
    virtual void on_cut(push::cut why, clock::duration age) = 0;
    // The peer broke the protocol or a limit of messages, or there was no memory for its message,
    // and it is told with that code.
    virtual void on_violation(std::uint16_t code) noexcept = 0;

    void take(std::string_view bytes);
    // Reads nothing more, and closes with that code.
    void refuse(std::uint16_t code, std::string_view reason);
    void write();
    void wait_until_writable();
    bool has_full_window() noexcept;
    void end_wait_for_room();

    net::stream socket_;
    push::outbox outbox_;
    stats::counters& counters_;
    clock::time_point last_heard_ = clock::now();
    bool closing_ = false;  // the last frame of ours is in the outbox
    bool over_ = false;
    bool has_answer_waiting_ = false;  // that of the upgrade, which is no frame, is in the outbox
    bool deflating_ = false;
    bool waiting_for_room_ = false;
    traffic passed_;
    answer_window answers_;
    websocket::websocket_reader reader_;
    // The reader's memory on the heap: none while messages are short or the peer rests.
    worker::memory_part::share held_;
};

}  // namespace gim::gateway
