#pragma once

#include "gateway/frame_meter.hpp"
#include "net/sockets.hpp"
#include "push/outbox.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/role.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>

namespace gim::gateway {

namespace asio = boost::asio;

// The stream below Beast's WebSocket stream (an AsyncStream). What Beast writes (the upgrade's
// answer, pongs, closes) goes into the connection's outbox, behind and before the prebuilt frames
// of the fan-out, so that frames never interleave. What it reads is metered.
class outbox_stream {
public:
    using next_layer_type = net::tcp_socket;
    using executor_type = next_layer_type::executor_type;
    using clock = std::chrono::steady_clock;

    outbox_stream(next_layer_type socket, push::outbox& box, std::size_t max_frames)
        : socket_(std::move(socket)), box_(box), meter_(max_frames), last_heard_(clock::now()) {}

    executor_type get_executor() noexcept { return socket_.get_executor(); }
    next_layer_type& next_layer() noexcept { return socket_; }
    const next_layer_type& next_layer() const noexcept { return socket_; }

    // Bytes that were read before the WebSocket stream was made; they are given to it first.
    void preload(std::string bytes) { preloaded_ = std::move(bytes); }
    // Called after each read with whether the peer is in the middle of a message; with false first
    // if it ended one and has begun the next.
    void on_read(std::function<void(bool in_message)> f) { on_read_ = std::move(f); }

    clock::time_point last_heard() const noexcept { return last_heard_; }
    // A message came in too many frames; every read fails since.
    bool has_too_many_frames() const noexcept { return too_many_frames_; }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token) {
        return asio::async_compose<Token, void(boost::system::error_code, std::size_t)>(
            read_op<Buffers>{*this, buffers}, token, socket_
        );
    }

    // Completes as soon as the bytes are queued: they are small, and the outbox is bounded.
    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token) {
        return asio::async_compose<Token, void(boost::system::error_code, std::size_t)>(
            write_op{*this, queue(buffers)}, token, socket_
        );
    }

private:
    template <class Buffers>
    struct read_op {
        outbox_stream& stream;
        Buffers buffers;
        enum { starting, preloaded, reading } step = starting;

        template <class Self>
        void operator()(Self& self, boost::system::error_code ec = {}, std::size_t n = 0) {
            switch (step) {
                case starting:
                    if (stream.preloaded_.empty()) {
                        step = reading;
                        stream.socket_.async_read_some(buffers, std::move(self));
                    } else {
                        step = preloaded;
                        asio::post(stream.socket_.get_executor(), std::move(self));
                    }
                    return;
                case preloaded:
                    n = asio::buffer_copy(buffers, asio::buffer(stream.preloaded_));
                    stream.preloaded_.erase(0, n);
                    [[fallthrough]];
                case reading:
                    if (!ec) {
                        ec = stream.heard(buffers, n);
                    }
                    self.complete(ec, ec ? 0 : n);
            }
        }
    };

    struct write_op {
        outbox_stream& stream;
        std::size_t queued;
        bool posted = false;

        template <class Self>
        void operator()(Self& self) {
            if (!posted) {
                posted = true;
                asio::post(stream.socket_.get_executor(), std::move(self));
                return;
            }
            self.complete({}, queued);
        }
    };

    template <class Buffers>
    std::size_t queue(const Buffers& buffers) {
        auto raw = boost::beast::buffers_to_string(buffers);
        const auto n = raw.size();
        constexpr char final_close = static_cast<char>(0x88);
        const bool is_close = n > 0 && raw.front() == final_close;
        box_.push(push::make_frame(std::move(raw)));
        if (is_close) {
            box_.seal();  // nothing may follow a close frame (RFC 6455, 5.5.1)
        }
        return n;
    }

    template <class Buffers>
    boost::system::error_code heard(const Buffers& buffers, std::size_t n) {
        last_heard_ = clock::now();
        const auto completed_before = meter_.completed();
        for (auto b = asio::buffer_sequence_begin(buffers);
             n > 0 && b != asio::buffer_sequence_end(buffers);
             ++b) {
            const asio::const_buffer part(*b);
            const auto size = std::min(n, part.size());
            if (!meter_.feed({static_cast<const char*>(part.data()), size})) {
                too_many_frames_ = true;
                return asio::error::no_recovery;
            }
            n -= size;
        }
        if (on_read_) {
            if (meter_.completed() != completed_before) {
                on_read_(false);  // the next one has its own time
            }
            on_read_(meter_.is_in_message());
        }
        return {};
    }

    next_layer_type socket_;
    push::outbox& box_;
    frame_meter meter_;
    clock::time_point last_heard_;
    std::function<void(bool)> on_read_;
    std::string preloaded_;
    bool too_many_frames_ = false;
};

// Beast ends a WebSocket by this once both closes were exchanged. The connection itself writes what
// is left and closes the socket.
template <class Handler>
void async_teardown(boost::beast::role_type, outbox_stream& stream, Handler&& handler) {
    asio::post(stream.get_executor(), [handler = std::forward<Handler>(handler)]() mutable {
        std::move(handler)(boost::system::error_code{});
    });
}

inline void teardown(boost::beast::role_type, outbox_stream&, boost::system::error_code& ec) {
    ec = {};
}

}  // namespace gim::gateway
